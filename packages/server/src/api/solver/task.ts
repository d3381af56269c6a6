import { assign, type AssignInput, type AssignmentResult } from '@loadstar/core'
import { autoAssignedView, runFactsView, type RunFacts } from '../schemas/auto-assigned-view.js'
import { jsonPieces } from './json-pieces.js'

/** One run of the assignment and what is wanted of it. */
export interface SolveTask {
  readonly input: AssignInput
  /** Whether the answer of `auto-assign-all` is written as well. */
  readonly wantsAnswer?: boolean
  /** Whether the result itself is wanted. */
  readonly wantsResult: boolean
}

export interface Solved {
  readonly result: AssignmentResult | null
  /** The answer as JSON, in pieces, open at its end for `answerOf`; empty where none is wanted. */
  readonly pieces: Iterable<string | Uint8Array>
  readonly computationMs: number
}

/** Runs it here and now. @throws {LoadstarError} for an input that does not check, before any work is done. */
export function perform({ input, wantsAnswer = false, wantsResult }: SolveTask): Solved {
  const startedMs = performance.now()
  const result = assign(input)
  const computationMs = performance.now() - startedMs
  return {
    result: wantsResult ? result : null,
    pieces: wantsAnswer ? withoutLast(jsonPieces(autoAssignedView(result))) : [],
    computationMs,
  }
}

/** The whole answer of a run that wrote one: what it found, then what is told of this very answer. */
export function* answerOf(
  { pieces, computationMs }: Solved,
  facts: Omit<RunFacts, 'computationMs'>,
): Generator<string | Uint8Array> {
  yield* pieces
  yield `,${JSON.stringify(runFactsView({ ...facts, computationMs })).slice(1)}`
}

/** Of an object in pieces the last one is its closing brace alone. */
function* withoutLast(pieces: Iterable<string>): Generator<string> {
  let previous: string | undefined
  for (const piece of pieces) {
    if (previous !== undefined) yield previous
    previous = piece
  }
}
