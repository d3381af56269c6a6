import type { Capacity } from '../catalog/model.js'

/** A model whose agents may move, or be joined by others. */
export interface Relieved extends Pick<Capacity, 'maxConcurrent'> {
  readonly modelId: string
  /** Requests at it, in the mean of late. */
  readonly activeRequests: number
  /** Agents assigned to it, manual ones included. */
  readonly assigned: number
  /** It is used too much, and to lose agents. */
  readonly isHot: boolean
}

/**
 * How many agents each model should have so that those used too much come down to `share` of their slots and no other goes
 * above it, taking that agents are as busy elsewhere as where they are. A hot model loses one at least, where it has
 * any; the others are not asked to lose any.
 *
 * @param share - of `maxConcurrent`, in (0, 1].
 * @returns seats by model id, for an assignment that moves as few as may be.
 */
export function reliefSeats(models: readonly Relieved[], share: number): ReadonlyMap<string, number> {
  const agents = models.reduce((sum, { assigned }) => sum + assigned, 0)
  const requests = models.reduce((sum, model) => sum + (model.assigned > 0 ? model.activeRequests : 0), 0)
  // Requests that one more agent brings, as far as can be told from all of them.
  const perAgent = agents === 0 ? 0 : requests / agents
  return new Map(
    models.map(({ modelId, maxConcurrent, activeRequests, assigned, isHot }): [string, number] => {
      const room = share * maxConcurrent - activeRequests
      if (!isHot)
        return [modelId, assigned + (perAgent > 0 ? Math.max(0, Math.floor(room / perAgent)) : agents)]
      const each = assigned === 0 ? 0 : activeRequests / assigned
      const tooMany = each > 0 ? Math.ceil(-room / each) : 1
      return [modelId, Math.max(0, assigned - Math.max(1, tooMany))]
    }),
  )
}
