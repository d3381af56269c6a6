/** What runs in a worker thread; the pool of `solver.ts` loads this file. */
import { LoadstarError } from '@loadstar/core'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { perform, type Solved, type SolveTask } from './task.js'

/** What the worker hands back: errors lose their class on the way, so a refusal is a value. */
export type WorkerOutcome =
  { readonly kind: 'solved'; readonly solved: Solved } | { readonly kind: 'refused' }

const encoder = new TextEncoder()

/** @returns what `WorkerOutcome` says, with the bytes of the answer handed over instead of copied. */
export default function solveInWorker(task: SolveTask): unknown {
  try {
    const solved = perform(task)
    const pieces = packed(solved.pieces)
    const outcome: WorkerOutcome = { kind: 'solved', solved: { ...solved, pieces } }
    return move({
      get [valueSymbol]() {
        return outcome
      },
      get [transferableSymbol]() {
        return pieces.map(({ buffer }) => buffer)
      },
    })
  } catch (error) {
    if (error instanceof LoadstarError) return { kind: 'refused' } satisfies WorkerOutcome
    throw error
  }
}

const BYTES_PER_CHUNK = 65_536

/** Bytes that own their memory, so that they change hands without a copy. */
function packed(pieces: Iterable<string | Uint8Array>): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let text = ''
  for (const piece of pieces) {
    text += String(piece)
    if (text.length < BYTES_PER_CHUNK) continue
    chunks.push(encoder.encode(text))
    text = ''
  }
  if (text !== '') chunks.push(encoder.encode(text))
  return chunks
}
