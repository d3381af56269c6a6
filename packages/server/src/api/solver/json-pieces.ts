/** Entries of a long list that go into one piece: some 100 kB of assignments, written in a fraction of a millisecond. */
const ENTRIES_PER_PIECE = 200
/** Lists of the answer and of its explanation are taken apart, what is in them is not. */
const DEEPEST = 2

/** A value as JSON text, piece by piece, so that a long answer is never one string; joined they are `JSON.stringify`. */
export function* jsonPieces(value: unknown, depth = 0): Generator<string> {
  if (Array.isArray(value)) {
    yield* listPieces(value)
  } else if (depth < DEEPEST && typeof value === 'object' && value !== null) {
    let mark = '{'
    for (const [key, field] of Object.entries(value)) {
      if (field === undefined) continue
      yield `${mark}${JSON.stringify(key)}:`
      yield* jsonPieces(field, depth + 1)
      mark = ','
    }
    yield mark === '{' ? '{}' : '}'
  } else {
    yield JSON.stringify(value)
  }
}

function* listPieces(list: readonly unknown[]): Generator<string> {
  if (list.length <= ENTRIES_PER_PIECE) {
    yield JSON.stringify(list)
    return
  }
  for (let start = 0; start < list.length; start += ENTRIES_PER_PIECE) {
    const entries = JSON.stringify(list.slice(start, start + ENTRIES_PER_PIECE)).slice(1, -1)
    yield `${start === 0 ? '[' : ','}${entries}`
  }
  yield ']'
}
