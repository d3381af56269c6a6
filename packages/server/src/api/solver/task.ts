import { assign, type AssignInput, type AssignmentResult } from '@loadstar/core'
import { autoAssignedView, type RunFacts } from '../schemas/auto-assigned-view.js'
import { jsonPieces } from './json-pieces.js'

/** One run of the assignment and what is wanted of it. */
export interface SolveTask {
  readonly input: AssignInput
  /** With it, the answer of `auto-assign-all` is written as well. */
  readonly answer?: Omit<RunFacts, 'computationMs'>
  /** Whether the result itself is wanted. */
  readonly wantsResult: boolean
}

export interface Solved {
  readonly result: AssignmentResult | null
  /** The answer as JSON, in pieces; empty where none is wanted. */
  readonly pieces: Iterable<string | Uint8Array>
  readonly computationMs: number
}

/** Runs it here and now. @throws {LoadstarError} for an input that does not check, before any work is done. */
export function perform({ input, answer, wantsResult }: SolveTask): Solved {
  const startedMs = performance.now()
  const result = assign(input)
  const computationMs = performance.now() - startedMs
  return {
    result: wantsResult ? result : null,
    pieces: answer === undefined ? [] : jsonPieces(autoAssignedView(result, { ...answer, computationMs })),
    computationMs,
  }
}
