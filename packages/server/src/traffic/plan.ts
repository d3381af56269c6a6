/** One request to be sent. */
export interface RequestPlan {
  /** Up to and including the version, e.g. `http://127.0.0.1:8080/v1`. */
  readonly baseUrl: string
  /** A model id, an alias, `auto`, `auto/<task type>` or `agent/<agent id>`. */
  readonly model: string
  /** Sent as `x-agent-id`. */
  readonly agentId?: string
  readonly isStream: boolean
  /** Tokens; left to the model when absent. */
  readonly maxTokens?: number
  /** The client leaves after this many pieces of the answer's body, ≥ 1; it stays when absent. */
  readonly leaveAfterPieces?: number
}

/** What to send as request number `index`, counted from 0; called once per request, in order. */
export type Workload = (index: number) => RequestPlan

/** An agent that sends requests. */
interface TrafficAgent {
  readonly id: string
  /** Asks with `model: agent/<id>` instead of `auto` and the header `x-agent-id`. */
  readonly isNamedInModel?: boolean
  /** A fixed model to ask for, instead of either. */
  readonly model?: string
  /** Share of the traffic relative to the other agents', > 0; 1 when left out. */
  readonly weight?: number
}

interface AgentWorkloadOptions {
  readonly baseUrl: string
  /** In [0, 1), seeded: everything below is drawn from it. */
  readonly random: () => number
  /** Who asks; one request's agent is drawn by weight. Nobody in particular when left out. */
  readonly agents?: readonly TrafficAgent[]
  /** For requests of nobody in particular; `auto` when left out. */
  readonly model?: string
  /** 0..1; 1 when left out. */
  readonly streamShare?: number
  /** 0..1: requests whose client leaves mid-stream; 0 when left out. These are always streams. */
  readonly leaveShare?: number
  readonly maxTokens?: number
}

/** Leaving clients stay for 1 to this many pieces. */
const LONGEST_STAY_PIECES = 8

/** Requests of named agents, or of nobody in particular, as they come to a gateway. */
export function agentWorkload(options: AgentWorkloadOptions): Workload {
  const { baseUrl, random, agents = [], streamShare = 1, leaveShare = 0, maxTokens } = options
  const totalWeight = agents.reduce((sum, agent) => sum + weightOf(agent), 0)
  return () => {
    // Always the same number of draws, so that one share does not move the others' draws.
    const [forAgent, forStream, forLeave, forStay] = [random(), random(), random(), random()]
    const agent = pickAgent(agents, forAgent * totalWeight)
    const isLeaver = forLeave < leaveShare
    return {
      baseUrl,
      ...addressing(agent, options.model ?? 'auto'),
      isStream: isLeaver || forStream < streamShare,
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(isLeaver ? { leaveAfterPieces: 1 + Math.floor(forStay * LONGEST_STAY_PIECES) } : {}),
    }
  }
}

function addressing(agent: TrafficAgent | undefined, model: string): { model: string; agentId?: string } {
  if (agent === undefined) return { model }
  if (agent.isNamedInModel === true) return { model: `agent/${agent.id}` }
  return { model: agent.model ?? model, agentId: agent.id }
}

function pickAgent(agents: readonly TrafficAgent[], at: number): TrafficAgent | undefined {
  let upTo = 0
  for (const agent of agents) {
    upTo += weightOf(agent)
    if (at < upTo) return agent
  }
  return agents.at(-1)
}

function weightOf(agent: TrafficAgent): number {
  return agent.weight ?? 1
}
