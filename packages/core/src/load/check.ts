import { checkCapacity, checkCount } from '../catalog/capacity-check.js'
import { checkId } from '../catalog/id-check.js'
import type { RoutedModel } from '../catalog/model.js'
import { LoadstarError } from '../error.js'
import { checkNotNegative } from '../health/check.js'
import type { LoadReport } from './load.js'

/**
 * @throws {LoadstarError} `ID_INVALID` for an empty id, `CAPACITY_INVALID` for a limit outside its range,
 * `OPTION_INVALID` for a price or pace that is not a finite number ≥ 0.
 */
export function checkModel(model: RoutedModel, field: string): void {
  checkId(model.id, `${field}.id`)
  checkCapacity(model, field)
  const { price, pace } = model
  if (price !== undefined) {
    checkNotNegative(price.inputUsdPerMTok, `${field}.price.input_usd_per_mtok`)
    checkNotNegative(price.outputUsdPerMTok, `${field}.price.output_usd_per_mtok`)
  }
  if (pace !== undefined) {
    checkNotNegative(pace.firstTokenMs, `${field}.pace.first_token_ms`)
    checkNotNegative(pace.outputTokenMs, `${field}.pace.output_token_ms`)
  }
}

/** @throws {LoadstarError} `CAPACITY_INVALID` for counts that are not integers ≥ 0, `OPTION_INVALID` for the latency. */
export function checkReport(report: LoadReport): void {
  checkCount(report.activeRequests, 'load.active_requests')
  if (report.queueDepth !== undefined) checkCount(report.queueDepth, 'load.queue_depth')
  if (report.avgLatencyMs !== undefined) checkMs(report.avgLatencyMs, 'load.avg_latency_ms')
}

/** @throws {LoadstarError} `OPTION_INVALID` unless `ms` is a finite number ≥ 0. */
export function checkMs(ms: number, field: string): void {
  if (!(ms >= 0 && ms < Infinity)) {
    throw new LoadstarError('OPTION_INVALID', field, 'must be a finite number of milliseconds ≥ 0', ms)
  }
}
