// LEMON's minimum cost flow solvers on one transportation problem per line of standard input:
//   <network_simplex|network_simplex_plain|cost_scaling> <file> <milliseconds to measure for>
// Answers with one JSON object per line. Timed is run() alone: neither reading nor building the graph.
//
// "plain" states the problem as one would at first: every agent has an arc to a node "outside" and every model one to
// the same node for its free seats, whether or not either can happen, and LEMON keeps the arcs in the order of the
// graph (that of the agents, last to first) instead of mixing them. The others get as few nodes and arcs as will do,
// and mixed arcs, LEMON's default.
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

using lemon::SmartDigraph;

static double cpuMs() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

struct Flow {
  SmartDigraph graph;
  SmartDigraph::NodeMap<int64_t> supply{graph};
  SmartDigraph::ArcMap<int64_t> cost{graph};
  SmartDigraph::ArcMap<int64_t> capacity{graph};

  void arc(SmartDigraph::Node from, SmartDigraph::Node to, int64_t price, int64_t room) {
    auto added = graph.addArc(from, to);
    cost[added] = price;
    capacity[added] = room;
  }
};

// Header: rows, cols (int32); capacities (int32); scores (double). Scores are ≥ 0 or -Infinity.
static std::unique_ptr<Flow> load(const std::string& path, double grid, bool isPlain) {
  FILE* file = fopen(path.c_str(), "rb");
  if (!file) return nullptr;
  int32_t size[2];
  if (fread(size, 4, 2, file) != 2) return nullptr;
  const int rows = size[0], cols = size[1];
  std::vector<int32_t> seats(cols);
  std::vector<double> scores(size_t(rows) * cols);
  if (fread(seats.data(), 4, cols, file) != size_t(cols)) return nullptr;
  if (fread(scores.data(), 8, scores.size(), file) != scores.size()) return nullptr;
  fclose(file);

  bool isSparse = false;
  for (double score : scores) isSparse |= std::isinf(score);
  int64_t total = 0;
  for (int32_t count : seats) total += count;

  auto flow = std::make_unique<Flow>();
  flow->graph.reserveNode(rows + cols + 1);
  flow->graph.reserveArc(scores.size() + rows + cols);
  std::vector<SmartDigraph::Node> agents, models;
  for (int i = 0; i < rows; i++) agents.push_back(flow->graph.addNode());
  for (int j = 0; j < cols; j++) models.push_back(flow->graph.addNode());
  for (int i = 0; i < rows; i++) {
    flow->supply[agents[i]] = 1;
    for (int j = 0; j < cols; j++) {
      const double score = scores[size_t(i) * cols + j];
      if (!std::isinf(score)) flow->arc(agents[i], models[j], -llround(score / grid), 1);
    }
  }
  if (isSparse || isPlain) {
    // Some rows may have to stay out: seats and outside drain into one node.
    auto drain = flow->graph.addNode();
    flow->supply[drain] = -rows;
    for (int i = 0; i < rows; i++) flow->arc(agents[i], drain, 0, 1);
    for (int j = 0; j < cols; j++) flow->arc(models[j], drain, 0, seats[j]);
    return flow;
  }
  for (int j = 0; j < cols; j++) flow->supply[models[j]] = -seats[j];
  if (total != rows) {
    auto rest = flow->graph.addNode();
    flow->supply[rest] = total - rows;
    for (int i = 0; i < rows && total < rows; i++) flow->arc(agents[i], rest, 0, 1);
    for (int j = 0; j < cols && total > rows; j++) flow->arc(rest, models[j], 0, seats[j]);
  }
  return flow;
}

template <typename Solver, typename... Options>
static void measure(Flow& flow, double grid, double forMs, Options... options) {
  double spent = 0;
  int runs = 0;
  int64_t least = 0;
  while (runs == 0 || spent < forMs) {
    Solver solver(flow.graph, options...);
    solver.upperMap(flow.capacity).costMap(flow.cost).supplyMap(flow.supply);
    const double start = cpuMs();
    const auto outcome = solver.run();
    spent += cpuMs() - start;
    runs++;
    if (outcome != Solver::OPTIMAL) {
      printf("{\"error\":\"not optimal\"}\n");
      return;
    }
    least = solver.template totalCost<int64_t>();
  }
  printf("{\"cpuMs\":%.9g,\"value\":%.17g}\n", spent / runs, -double(least) * grid);
}

int main() {
  const double grid = std::ldexp(1.0, -20);
  using Simplex = lemon::NetworkSimplex<SmartDigraph, int64_t, int64_t>;
  using CostScaling = lemon::CostScaling<SmartDigraph, int64_t, int64_t>;
  std::string method, path, loaded;
  double forMs;
  std::unique_ptr<Flow> flow;
  while (std::cin >> method >> path >> forMs) {
    const bool isPlain = method == "network_simplex_plain";
    const std::string wanted = path + (isPlain ? " plain" : "");
    if (wanted != loaded) {
      flow = load(path, grid, isPlain);
      loaded = wanted;
    }
    if (!flow) printf("{\"error\":\"cannot read the instance\"}\n");
    else if (isPlain) measure<Simplex>(*flow, grid, forMs, false);
    else if (method == "network_simplex") measure<Simplex>(*flow, grid, forMs, true);
    else measure<CostScaling>(*flow, grid, forMs);
    fflush(stdout);
  }
}
