import type { Judgement, Performance } from '@loadstar/core'
import { strengthKey, type LearnedSnapshot, type LearnedStrength } from './snapshot.js'

/** Points by which a score must have moved for all scores to be told anew: less would not send requests elsewhere. */
const LEAST_POINTS = 0.25
/** The same of a strength, which counts 70 points. */
const LEAST_STRENGTH = 0.003
/** Capability scores at which two performances are compared: between them the score is a line. */
const [LOW, HIGH] = [0, 100]

/** Whether scores by the one snapshot differ from those by the other so much that it matters. */
export function hasMoved(before: LearnedSnapshot, after: LearnedSnapshot, judgement: Judgement): boolean {
  return (
    isOther(before.performance, after.performance, judgement) ||
    isOther(flat(before.pairs), flat(after.pairs), judgement) ||
    areOther(before.strengths, after.strengths)
  )
}

type Known = readonly (readonly [string, Performance])[]

function isOther(before: Known, after: Known, judgement: Judgement): boolean {
  const old = new Map(before)
  for (const [id, performance] of after) {
    if (isFar(old.get(id), performance, judgement)) return true
    old.delete(id)
  }
  // Those of whom nothing is known any more are as good as was declared.
  for (const performance of old.values()) if (isFar(performance, undefined, judgement)) return true
  return false
}

function isFar(a: Performance | undefined, b: Performance | undefined, judgement: Judgement): boolean {
  return [LOW, HIGH].some(
    (points) => Math.abs(judgement.adapt(points, a).score - judgement.adapt(points, b).score) >= LEAST_POINTS,
  )
}

function flat(pairs: LearnedSnapshot['pairs']): Known {
  return pairs.flatMap(([modelId, known]) =>
    known.map(([agentId, performance]) => [JSON.stringify([modelId, agentId]), performance] as const),
  )
}

function areOther(before: readonly LearnedStrength[], after: readonly LearnedStrength[]): boolean {
  if (before.length !== after.length) return true
  const old = new Map(before.map((learned) => [strengthKey(learned), learned]))
  return after.some((next) => {
    const learned = old.get(strengthKey(next))
    if (learned === undefined) return true
    const { shift, deviation } = next
    const distance = Math.max(Math.abs(learned.shift - shift), Math.abs(learned.deviation - deviation))
    return distance >= LEAST_STRENGTH
  })
}
