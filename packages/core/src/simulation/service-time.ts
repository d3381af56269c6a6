import { drawFrom, meanOf } from './distribution.js'
import type { SimulatedModel, TaskClass } from './scenario.js'

/** The size of one request, the same wherever it is served. */
export interface RequestSize {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Two numbers in [0, 1) that stand for what its tokens do not tell. */
  readonly first: number
  readonly second: number
  /** A number in [0, 1): below a model's stall probability it stalls there. */
  readonly stall: number
}

/** Milliseconds until the first token where the model serves it alone; `NaN` where none is told of. */
export function firstTokenMs(model: SimulatedModel, slowness: number, size: RequestSize): number {
  const { service } = model
  const stallMs = stalledMs(model, size)
  switch (service.kind) {
    case 'drawn':
      if (service.firstTokenShare === undefined) return NaN
      return stallMs + service.firstTokenShare * slowness * drawFrom(service.ms, size.first, size.second)
    case 'tokens': {
      const drawnMs = drawFrom(service.firstTokenMs, size.first, size.second)
      return stallMs + slowness * (drawnMs + size.inputTokens * (service.inputTokenMs ?? 0))
    }
  }
}

/** Milliseconds until the whole answer where the model serves it alone. */
export function serviceMs(model: SimulatedModel, slowness: number, size: RequestSize): number {
  const { service } = model
  const stallMs = stalledMs(model, size)
  const drawn = service.kind === 'drawn' ? service.ms : service.firstTokenMs
  const drawnMs = drawFrom(drawn, size.first, size.second)
  if (service.kind === 'drawn') return stallMs + slowness * drawnMs
  const tokensMs = size.inputTokens * (service.inputTokenMs ?? 0) + size.outputTokens * service.outputTokenMs
  return stallMs + slowness * (drawnMs + tokensMs)
}

/** The mean of `serviceMs` over requests of a class. */
export function meanServiceMs(model: SimulatedModel, taskClass: TaskClass): number {
  const { service, stall } = model
  const slowness = model.slowness?.[taskClass.id] ?? 1
  const stallMs = stall === undefined ? 0 : stall.probability * meanOf(stall.delayMs)
  if (service.kind === 'drawn') return stallMs + slowness * meanOf(service.ms)
  const inputTokens = taskClass.inputTokens === undefined ? 0 : meanOf(taskClass.inputTokens)
  const outputTokens = taskClass.outputTokens === undefined ? 0 : meanOf(taskClass.outputTokens)
  const tokensMs = inputTokens * (service.inputTokenMs ?? 0) + outputTokens * service.outputTokenMs
  return stallMs + slowness * (meanOf(service.firstTokenMs) + tokensMs)
}

function stalledMs({ stall }: SimulatedModel, size: RequestSize): number {
  if (stall === undefined || size.stall >= stall.probability) return 0
  return drawFrom(stall.delayMs, size.second, size.first)
}
