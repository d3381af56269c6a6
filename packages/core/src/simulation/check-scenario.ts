import { checkModel } from '../load/check.js'
import { checkIds } from '../catalog/id-check.js'
import { LoadstarError } from '../error.js'
import { checkNotNegative, checkPositive, checkShare, checkWhole, invalid } from '../health/check.js'
import type { Arrivals, TraceRecord } from './arrivals.js'
import { checkDistribution } from './distribution.js'
import { checkFaults } from './faults/check-faults.js'
import type { Scenario, SimulatedModel, Stream, TaskClass } from './scenario.js'

/**
 * @throws {LoadstarError} naming the field, in snake_case, that makes it no scenario: `OPTION_INVALID`, `ID_INVALID`,
 * `DUPLICATE_ID`, `CAPACITY_INVALID`, `SCORES_INVALID`, or `UNKNOWN_MODEL`. Router options are left to the router.
 */
export function checkScenario(scenario: Scenario, seed: number): void {
  const { models, classes, streams, load, durationMs, warmUpMs, dispatchMs, faults } = scenario
  if (!Number.isSafeInteger(seed)) throw invalid('seed', 'must be an integer', seed)
  if (models.length === 0) throw invalid('models', 'must not be empty', models.length)
  checkIds(models, 'models')
  checkIds(classes, 'classes')
  models.forEach((model, index) => checkTruth(model, `models[${index}]`))
  const modelIds = new Set(models.map(({ id }) => id))
  classes.forEach((taskClass, index) => checkClass(taskClass, `classes[${index}]`, modelIds))
  const classIds = new Set(classes.map(({ id }) => id))
  streams.forEach((stream, index) => checkStream(stream, `streams[${index}]`, classIds))
  checkPositive(durationMs, 'duration_ms')
  if (warmUpMs !== undefined) checkNotNegative(warmUpMs, 'warm_up_ms')
  if (load !== undefined) checkPositive(load, 'load')
  if (dispatchMs !== undefined) checkDistribution(dispatchMs, 'dispatch_ms')
  if (faults !== undefined) checkFaults(faults, modelIds)
}

function checkTruth(model: SimulatedModel, field: string): void {
  checkModel(model, field)
  const { service, slowness = {}, slowdown, stall } = model
  if (service.kind === 'drawn') {
    checkDistribution(service.ms, `${field}.service.ms`)
    checkShare(service.firstTokenShare ?? 0, `${field}.service.first_token_share`)
  } else {
    checkDistribution(service.firstTokenMs, `${field}.service.first_token_ms`)
    checkNotNegative(service.inputTokenMs ?? 0, `${field}.service.input_token_ms`)
    checkNotNegative(service.outputTokenMs, `${field}.service.output_token_ms`)
  }
  for (const [id, factor] of Object.entries(slowness)) checkPositive(factor, `${field}.slowness.${id}`)
  if (slowdown !== undefined) {
    const { kneeShare, factor } = slowdown
    if (!(kneeShare >= 0 && kneeShare < 1)) {
      throw invalid(`${field}.slowdown.knee_share`, 'must be a number in [0, 1)', kneeShare)
    }
    if (!(factor >= 1 && factor < Infinity)) {
      throw invalid(`${field}.slowdown.factor`, 'must be a finite number ≥ 1', factor)
    }
  }
  if (stall !== undefined) {
    checkShare(stall.probability, `${field}.stall.probability`)
    checkDistribution(stall.delayMs, `${field}.stall.delay_ms`)
  }
}

function checkClass(taskClass: TaskClass, field: string, modelIds: ReadonlySet<string>): void {
  const { candidates, inputTokens, outputTokens, deadlineMs, maxWaitMs, patienceMs, bytes } = taskClass
  candidates.forEach(({ modelId, score, quality = score }, index) => {
    const path = `${field}.candidates[${index}]`
    if (!modelIds.has(modelId)) {
      throw new LoadstarError('UNKNOWN_MODEL', `${path}.model_id`, 'must name a model', modelId)
    }
    checkNotNegative(score, `${path}.score`)
    checkNotNegative(quality, `${path}.quality`)
  })
  if (inputTokens !== undefined) checkDistribution(inputTokens, `${field}.input_tokens`)
  if (outputTokens !== undefined) checkDistribution(outputTokens, `${field}.output_tokens`)
  if (patienceMs !== undefined) checkDistribution(patienceMs, `${field}.patience_ms`)
  if (deadlineMs !== undefined) checkPositive(deadlineMs, `${field}.deadline_ms`)
  if (maxWaitMs !== undefined) checkNotNegative(maxWaitMs, `${field}.max_wait_ms`)
  if (bytes !== undefined) checkWhole(bytes, 0, `${field}.bytes`)
}

function checkStream({ arrivals, mix = {} }: Stream, field: string, classIds: ReadonlySet<string>): void {
  checkArrivals(arrivals, `${field}.arrivals`, classIds)
  if (arrivals.kind === 'trace') return
  const entries = Object.entries(mix)
  if (entries.length === 0) throw invalid(`${field}.mix`, 'must name a class', '{}')
  for (const [id, weight] of entries) {
    checkClassId(id, `${field}.mix`, classIds)
    checkPositive(weight, `${field}.mix.${id}`)
  }
}

function checkArrivals(arrivals: Arrivals, field: string, classIds: ReadonlySet<string>): void {
  switch (arrivals.kind) {
    case 'trace':
      return checkRecords(arrivals.records, `${field}.records`, classIds)
    case 'phases': {
      const { phases } = arrivals
      phases.forEach(({ durationMs, perSecond }, index) => {
        checkPositive(durationMs, `${field}.phases[${index}].duration_ms`)
        checkNotNegative(perSecond, `${field}.phases[${index}].per_second`)
      })
      if (!phases.some(({ perSecond }) => perSecond > 0)) {
        throw invalid(`${field}.phases`, 'must have one with per_second > 0', phases.length)
      }
      return
    }
    case 'poisson':
      return checkPositive(arrivals.perSecond, `${field}.per_second`)
    case 'batches':
      checkPositive(arrivals.perSecond, `${field}.per_second`)
      return checkAtLeastOne(arrivals.meanSize, `${field}.mean_size`)
    case 'hyperexponential':
      checkPositive(arrivals.perSecond, `${field}.per_second`)
      return checkAtLeastOne(arrivals.cv, `${field}.cv`)
    case 'on_off':
      checkPositive(arrivals.perSecond, `${field}.per_second`)
      checkPositive(arrivals.meanOnMs, `${field}.mean_on_ms`)
      checkPositive(arrivals.onShare, `${field}.on_share`)
      return checkShare(arrivals.onShare, `${field}.on_share`)
  }
}

function checkRecords(records: readonly TraceRecord[], field: string, classIds: ReadonlySet<string>): void {
  let lastMs = 0
  records.forEach(({ atMs, classId, inputTokens = 0, outputTokens = 0 }, index) => {
    const path = `${field}[${index}]`
    checkNotNegative(atMs, `${path}.at_ms`)
    if (atMs < lastMs) throw invalid(`${path}.at_ms`, `must not be before the last (${lastMs})`, atMs)
    lastMs = atMs
    checkClassId(classId, `${path}.class_id`, classIds)
    checkWhole(inputTokens, 0, `${path}.input_tokens`)
    checkWhole(outputTokens, 0, `${path}.output_tokens`)
  })
}

function checkClassId(id: string, field: string, classIds: ReadonlySet<string>): void {
  if (!classIds.has(id)) throw invalid(field, 'must name a class', id)
}

function checkAtLeastOne(value: number, field: string): void {
  if (!(value >= 1 && value < Infinity)) throw invalid(field, 'must be a finite number ≥ 1', value)
}
