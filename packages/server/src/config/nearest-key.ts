/**
 * The known name a misspelt one was probably meant to be, or `undefined` when none is close.
 *
 * Case, `_` and `-` do not count, so `maxConcurrent` finds `max_concurrent`. Close means at most a third of the
 * letters (at least one) inserted, left out, replaced or swapped with their neighbour. Ties go to the earlier name.
 */
export function nearestKey(misspelt: string, known: readonly string[]): string | undefined {
  const wanted = bare(misspelt)
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(wanted, bare(name))
    if (distance < least) {
      nearest = name
      least = distance
    }
  }
  return nearest
}

function bare(name: string): string {
  // Longer names are cut: the distance costs the product of the lengths, and the name comes from outside.
  return name.slice(0, 64).toLowerCase().replace(/[_-]/g, '')
}

/** Optimal string alignment distance, O(|a| · |b|). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, j - 2) + 1 : Infinity,
      )
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
