import { LoadstarError } from '../error.js'
import { AGENT_STATUSES, AGENT_TYPES, type Agent } from './agent.js'
import type { Demand } from './capability.js'
import { checkIds } from './id-check.js'

/**
 * Checks what types cannot: ids given once, known type and status, capability names, context length.
 *
 * @param field - how the list is called in messages.
 * @throws {LoadstarError} `ID_INVALID`, `DUPLICATE_ID` or `AGENT_INVALID`, naming the first offending field.
 */
export function checkAgents(agents: readonly Agent[], field = 'agents'): void {
  checkIds(agents, field)
  agents.forEach((agent, i) => {
    const path = `${field}[${i}]`
    if (typeof agent.name !== 'string') throw invalid(`${path}.name`, 'must be a string', agent.name)
    checkOneOf(AGENT_TYPES, agent.type, `${path}.type`)
    checkOneOf(AGENT_STATUSES, agent.status, `${path}.status`)
    checkDemand(agent, path)
  })
}

/** @throws {LoadstarError} `AGENT_INVALID` naming the first offending field. */
export function checkDemand(demand: Demand, path: string): void {
  checkNames(demand.requiredCapabilities, `${path}.capabilities`)
  checkNames(demand.preferredCapabilities, `${path}.preferred_capabilities`)
  const tokens = demand.minContextLength
  if (tokens !== undefined && !(Number.isFinite(tokens) && tokens >= 0)) {
    throw invalid(`${path}.min_context_length`, 'must be a finite number of tokens ≥ 0', tokens)
  }
}

function checkNames(names: readonly unknown[], path: string): void {
  if (!Array.isArray(names)) throw invalid(path, 'must be a list of capability names', names)
  names.forEach((name: unknown, i) => {
    if (typeof name !== 'string' || name === '') {
      throw invalid(`${path}[${i}]`, 'must be a non-empty string', name)
    }
  })
}

function checkOneOf(known: readonly string[], value: string, path: string): void {
  if (!known.includes(value)) throw invalid(path, `must be one of ${known.join(', ')}`, value)
}

function invalid(path: string, rule: string, value: unknown): LoadstarError {
  return new LoadstarError('AGENT_INVALID', path, rule, value)
}
