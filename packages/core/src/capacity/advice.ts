import type { ModelLoad } from '../load/load.js'
import { slotsForUse } from '../load/target-slots.js'
import type { Flow } from './flow.js'
import { expectedWaitMs, offeredLoad, slotsForWait } from './queueing.js'

/** How many slots a model should have, and why. Waits in milliseconds, `null` where the queue would grow without end. */
export interface CapacityAdvice {
  readonly modelId: string
  /** `max_concurrent` as it is, and as it should be at least. */
  readonly slots: number
  readonly advisedSlots: number
  /** By which they differ; 0 where there are enough. */
  readonly additionalSlots: number
  readonly targetWaitMs: number
  readonly expectedWaitMs: number | null
  readonly advisedWaitMs: number
  /** With one slot fewer than advised. */
  readonly oneFewerWaitMs: number | null
  /** Mean slots in use where nobody waits. */
  readonly offeredLoad: number
  readonly flow: Flow
  /** Points (of 100) that a second of one of its slots is worth to others. */
  readonly slotPrice: number
  /** The reasoning, a sentence each. */
  readonly reasons: readonly string[]
}

type Slots = Pick<ModelLoad, 'modelId' | 'maxConcurrent' | 'targetUtilization' | 'slotPrice'>

/**
 * The fewest slots that bring the expected wait at a model to `targetWaitMs` > 0 at most, by what was measured there; see
 * `expectedWaitMs` for how exact that is. Only slots within `target_utilization` count, for requests use no others.
 */
export function adviseCapacity(model: Slots, flow: Flow, targetWaitMs: number): CapacityAdvice {
  const { modelId, maxConcurrent, targetUtilization, slotPrice } = model
  const within = (slots: number): number => slotsForUse({ maxConcurrent: slots, targetUtilization })
  const used = within(maxConcurrent)
  const needed = slotsForWait(flow, targetWaitMs)
  const isEnough = needed <= used
  const advised = isEnough ? maxConcurrent : slotsFor(needed, targetUtilization)
  const additional = Math.max(0, advised - maxConcurrent)
  const now = finite(expectedWaitMs(flow, used))
  const oneFewer = finite(expectedWaitMs(flow, within(advised - 1)))
  const load = offeredLoad(flow)
  const advice = {
    modelId,
    slots: maxConcurrent,
    advisedSlots: advised,
    additionalSlots: additional,
    targetWaitMs,
    expectedWaitMs: now,
    advisedWaitMs: expectedWaitMs(flow, within(advised)),
    oneFewerWaitMs: oneFewer,
    offeredLoad: load,
    flow,
    slotPrice,
  }
  return { ...advice, reasons: reasonsOf(advice, used) }
}

function reasonsOf(advice: Omit<CapacityAdvice, 'reasons'>, used: number): readonly string[] {
  const { flow, slots, advisedSlots, additionalSlots, targetWaitMs } = advice
  const variability = (flow.arrivalCv2 + flow.serviceCv2) / 2
  return [
    `${round(flow.arrivalsPerS)} requests a second of ${round(flow.serviceMs)} ms each keep ${round(advice.offeredLoad)} slots in use (${flow.calls} calls in ${Math.round(flow.overMs / 1_000)} s)`,
    `they vary ${round(variability)} times as much as independent ones of exponential length`,
    `of ${slots} slots ${used} are within target_utilization; the expected wait is ${waitOf(advice.expectedWaitMs)}`,
    additionalSlots === 0
      ? `that is within ${targetWaitMs} ms: no more are needed`
      : `${advisedSlots} slots would bring it to ${waitOf(advice.advisedWaitMs)}, one fewer to ${waitOf(advice.oneFewerWaitMs)}; ${targetWaitMs} ms are wanted`,
    ...(advice.slotPrice > 0
      ? [
          `a second of one more slot there is worth ${round(advice.slotPrice)} points to the requests that compete for it`,
        ]
      : []),
  ]
}

function waitOf(ms: number | null): string {
  return ms === null ? 'without end' : `${round(ms)} ms`
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}

function finite(ms: number): number | null {
  return ms === Infinity ? null : ms
}

/** The least `max_concurrent` that has so many slots within target. */
function slotsFor(needed: number, targetUtilization: number): number {
  let slots = Math.max(1, Math.floor(needed / targetUtilization))
  while (slotsForUse({ maxConcurrent: slots, targetUtilization }) < needed) slots++
  while (slots > 1 && slotsForUse({ maxConcurrent: slots - 1, targetUtilization }) >= needed) slots--
  return slots
}
