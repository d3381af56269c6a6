export * from './error.js'
export {
  ALERT_TYPES,
  SEVERITIES,
  type Alert,
  type AlertChange,
  type AlertType,
  type Resolution,
  type Severity,
  severityRank,
  type Told,
} from './alerts/alert.js'
export { AlertWatch, type Breach, type WatchedModel } from './alerts/alert-watch.js'
export {
  type AlertOptions,
  type AlertRules,
  type LatencyThresholds,
  resolveAlerts,
  type SuccessThresholds,
} from './alerts/options.js'
export { assign } from './assignment/assign.js'
export * from './assignment/assignment.js'
export { loadWasmSolver } from './assignment/network/choose.js'
export { verifyAssignment, type Certificate, type ClaimedSolution } from './assignment/certificate.js'
export type { AgentConstraint, AgentConstraints, AntiAffinity } from './assignment/constraint.js'
export * from './assignment/explanation.js'
export type { AssignInput } from './assignment/input.js'
export { UNASSIGNED_REASONS, type UnassignedReason } from './assignment/reason.js'
export { STRATEGIES, type Strategy } from './assignment/strategy.js'
export type { TransportationProblem } from './assignment/transportation-problem.js'
export { TransportationSolver, type RowOptions } from './assignment/transportation-solver.js'
export { solveTransportation, type TransportationSolution } from './assignment/transportation.js'
export { adviseCapacity, type CapacityAdvice } from './capacity/advice.js'
export { FleetFlow } from './capacity/fleet-flow.js'
export { type Flow, FlowMeter } from './capacity/flow.js'
export { expectedWaitMs, offeredLoad, slotsForWait, type SlotPool } from './capacity/queueing.js'
export { type Relieved, reliefSeats } from './capacity/relief.js'
export { CAPACITY_ACTIONS, type CapacityAction, type CapacityRule } from './capacity/rule.js'
export { type RuleChange, type RuleState, RuleWatch } from './capacity/rule-watch.js'
export { checkAgents } from './catalog/agent-check.js'
export * from './catalog/agent.js'
export * from './catalog/capability.js'
export { checkModels } from './catalog/model-check.js'
export * from './catalog/model.js'
export * from './catalog/profiles.js'
export * from './catalog/task-type.js'
export type { Allowance } from './health/allowance.js'
export type { BreakerState } from './health/breaker.js'
export type { RateLimits } from './health/discovered.js'
export { HedgeBudget, type HedgeBudgetOptions } from './health/hedge-budget.js'
export type { HealthReason, HealthView } from './health/model-health.js'
export type { HealthOptions } from './health/options.js'
export { RetryBudget, type RetryBudgetOptions } from './health/retry-budget.js'
export * from './load/load.js'
export { slotsWithinTarget } from './load/target-slots.js'
export * from './load/tracker.js'
export { BUCKET_COUNT, bucketOf, middleOf } from './metrics/buckets.js'
export * from './metrics/latency.js'
export {
  PerformanceHistory,
  type Observation,
  type PerformanceHistoryOptions,
} from './metrics/performance-history.js'
export { Sketch, type LatencySummary } from './metrics/sketch.js'
export * from './random.js'
export * from './routing/decision.js'
export {
  POLICIES,
  type BidOptions,
  type PolicyName,
  type QueueOptions,
  type RouterOptions,
} from './routing/options.js'
export * from './routing/outcome.js'
export { PRIORITIES, type Priority } from './routing/priority.js'
export * from './routing/router.js'
export * from './routing/submission.js'
export type { RouterCounters } from './routing/tally.js'
export {
  DEFAULT_ADAPTIVE_WEIGHTS,
  LATENCY_MODES,
  resolveAdaptive,
  scoreAdaptive,
  type AdaptiveOptions,
  type AdaptiveRules,
  type AdaptiveScore,
  type AdaptiveWeights,
  type LatencyMode,
} from './scoring/adaptive.js'
export { scoreCapability, type CapabilityScore, type ModelProfile } from './scoring/capability.js'
export { Judgement, type Experience, type ExperiencedScore } from './scoring/experience.js'
export type { Performance } from './scoring/performance.js'
export * from './scoring/quality.js'
export { DEFAULT_LOAD_WEIGHT, loadFactor, type LoadTerms } from './scoring/load-factor.js'
export { scoreMatrix, type PairReasons, type ScoreMatrix, type ScoreMatrixInput } from './scoring/matrix.js'
export type { PriorLoad, PriorLoads } from './scoring/prior-load.js'
export { DEFAULT_CAPABILITY_WEIGHTS, type CapabilityWeights } from './scoring/weights.js'
export type { Arrivals, TraceRecord } from './simulation/arrivals.js'
export { drawFrom, meanOf, type Distribution } from './simulation/distribution.js'
export type { AnswerFate, ClientFate, Faults, TimedFault } from './simulation/faults/faults.js'
export { BrokenInvariant, type Invariant } from './simulation/invariants/broken-invariant.js'
export type { EndedCall, Observer, TurnedAway } from './simulation/observer.js'
export type { ClassReport, ModelReport, SimulationReport } from './simulation/report.js'
export type { RouterFactory, RouterPort, WatchableRouter } from './simulation/router-port.js'
export * from './simulation/scenario.js'
export * as scenarios from './simulation/scenarios.js'
export { meanServiceMs, serviceMs, type RequestSize } from './simulation/service-time.js'
export { simulate, type SimulateOptions } from './simulation/simulate.js'
export type { Spread } from './simulation/spread.js'
export { Workload, type Arrival } from './simulation/workload.js'
