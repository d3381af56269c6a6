import { sankey, sankeyLinkHorizontal } from 'd3-sankey'
import type { Flow } from '../live/events'

/** Nodes of a side that are shown by name; the rest is one node. */
const MOST_NAMED = 12
const NODE_WIDTH = 10
const NODE_GAP = 10
/** What stands for requests that named no agent. */
const NO_AGENT = 'no agent'

export interface FlowNode {
  readonly key: string
  readonly side: 'agent' | 'model'
  readonly id: string
  readonly requests: number
  readonly x0: number
  readonly x1: number
  readonly y0: number
  readonly y1: number
}

interface FlowLink {
  readonly key: string
  readonly agent: string
  readonly model: string
  readonly requests: number
  readonly path: string
  readonly width: number
}

export interface FlowPicture {
  readonly nodes: readonly FlowNode[]
  readonly links: readonly FlowLink[]
}

interface Node {
  readonly key: string
  readonly side: 'agent' | 'model'
  readonly id: string
}

interface Link {
  readonly source: string
  readonly target: string
  readonly value: number
}

/** Where agents, models and the traffic between them are drawn; by name, so that nothing jumps as traffic changes. */
export function flowPicture(flows: readonly Flow[], width: number, height: number): FlowPicture {
  const grouped = group(flows)
  if (grouped.links.length === 0) return { nodes: [], links: [] }
  const layout = sankey<Node, Link>()
    .nodeId(({ key }) => key)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(NODE_GAP)
    .nodeSort((a, b) => a.id.localeCompare(b.id))
    .extent([
      [0, 4],
      [width, height - 4],
    ])
  const { nodes, links } = layout({
    nodes: grouped.nodes.map((node) => ({ ...node })),
    links: grouped.links.map((link) => ({ ...link })),
  })
  const pathOf = sankeyLinkHorizontal<Node, Link>()
  return {
    nodes: nodes.map(({ key, side, id, value = 0, x0 = 0, x1 = 0, y0 = 0, y1 = 0 }) => {
      return { key, side, id, requests: value, x0, x1, y0, y1 }
    }),
    links: links.map((link) => {
      const [source, target] = [link.source as Node, link.target as Node]
      return {
        key: `${source.key} ${target.key}`,
        agent: source.id,
        model: target.id,
        requests: link.value,
        path: pathOf(link) ?? '',
        width: Math.max(1, link.width ?? 1),
      }
    }),
  }
}

function group(flows: readonly Flow[]): { readonly nodes: readonly Node[]; readonly links: readonly Link[] } {
  const agentOf = naming(flows.map(({ agent, requests }) => [agent ?? NO_AGENT, requests]))
  const modelOf = naming(flows.map(({ model, requests }) => [model, requests]))
  const nodes = new Map<string, Node>()
  const links = new Map<string, { source: string; target: string; value: number }>()
  for (const { agent: named, model, requests } of flows) {
    const agent = agentOf(named ?? NO_AGENT)
    const source: Node = { key: `agent ${agent}`, side: 'agent', id: agent }
    const target: Node = { key: `model ${modelOf(model)}`, side: 'model', id: modelOf(model) }
    nodes.set(source.key, source)
    nodes.set(target.key, target)
    const key = `${source.key} ${target.key}`
    const link = links.get(key) ?? { source: source.key, target: target.key, value: 0 }
    link.value += requests
    links.set(key, link)
  }
  return { nodes: [...nodes.values()], links: [...links.values()] }
}

/** The busiest keep their names. */
function naming(weights: readonly (readonly [string, number])[]): (id: string) => string {
  const totals = new Map<string, number>()
  for (const [id, weight] of weights) totals.set(id, (totals.get(id) ?? 0) + weight)
  if (totals.size <= MOST_NAMED) return (id) => id
  const busiest = [...totals].sort((a, b) => b[1] - a[1]).slice(0, MOST_NAMED - 1)
  const named = new Set(busiest.map(([id]) => id))
  const rest = `${totals.size - named.size} others`
  return (id) => (named.has(id) ? id : rest)
}
