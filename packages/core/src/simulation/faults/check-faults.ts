import { checkNotNegative, checkPositive, checkShare, checkWhole, invalid } from '../../health/check.js'
import { LoadstarError } from '../../error.js'
import { checkDistribution, type Distribution } from '../distribution.js'
import { ANSWER_FATES, CLIENT_FATES, type FaultRates, type Faults, type TimedFault } from './faults.js'

/** @throws {LoadstarError} `OPTION_INVALID` or `UNKNOWN_MODEL` naming the field. Changed capacities are left to the router. */
export function checkFaults(faults: Faults, modelIds: ReadonlySet<string>): void {
  const { clients = {}, answers = {}, settles, timed = [], perMinute = {}, instances = 1 } = faults
  checkFates(clients, CLIENT_FATES, 'faults.clients')
  checkOptional(clients.leavesAfterMs, 'faults.clients.leaves_after_ms')
  checkFates(answers, ANSWER_FATES, 'faults.answers')
  checkOptional(answers.retryAfterMs, 'faults.answers.retry_after_ms')
  checkPositive(answers.timeoutMs ?? 1, 'faults.answers.timeout_ms')
  checkPositive(answers.crawlFactor ?? 1, 'faults.answers.crawl_factor')
  if (settles !== undefined) {
    checkShare(settles.twice, 'faults.settles.twice')
    checkOptional(settles.delayMs, 'faults.settles.delay_ms')
  }
  checkRates(perMinute)
  checkWhole(instances, 1, 'faults.instances')
  timed.forEach((fault, index) => checkTimed(fault, `faults.timed[${index}]`, modelIds, instances))
}

function checkFates<Fate extends string>(
  shares: Partial<Readonly<Record<Fate, number>>>,
  fates: readonly Fate[],
  field: string,
): void {
  let sum = 0
  for (const fate of fates) {
    const share = shares[fate] ?? 0
    checkShare(share, `${field}.${fate.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`)
    sum += share
  }
  if (sum > 1) throw invalid(field, 'must add up to 1 at most', sum)
}

function checkRates({ meanMs = 1, ...rates }: FaultRates): void {
  checkPositive(meanMs, 'faults.per_minute.mean_ms')
  for (const [name, rate] of Object.entries(rates)) checkNotNegative(rate, `faults.per_minute.${name}`)
}

function checkTimed(
  fault: TimedFault,
  field: string,
  modelIds: ReadonlySet<string>,
  instances: number,
): void {
  checkNotNegative(fault.atMs, `${field}.at_ms`)
  if ('modelId' in fault && !modelIds.has(fault.modelId)) {
    throw new LoadstarError('UNKNOWN_MODEL', `${field}.model_id`, 'must name a model', fault.modelId)
  }
  switch (fault.kind) {
    case 'report':
      return checkWhole(fault.external, 0, `${field}.external`)
    case 'crash':
      checkWhole(fault.instance, 0, `${field}.instance`)
      if (fault.instance >= instances)
        throw invalid(`${field}.instance`, `must be < ${instances}`, fault.instance)
      return checkNotNegative(fault.afterMs, `${field}.after_ms`)
    case 'outage':
      return checkPositive(fault.lastsMs, `${field}.lasts_ms`)
    case 'clock':
      if (!Number.isFinite(fault.byMs)) throw invalid(`${field}.by_ms`, 'must be finite', fault.byMs)
      return
    case 'capacity':
    case 'remove':
    case 'add':
    case 'drain':
      return
  }
}

function checkOptional(distribution: Distribution | undefined, field: string): void {
  if (distribution !== undefined) checkDistribution(distribution, field)
}
