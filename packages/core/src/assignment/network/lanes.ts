/*
 * The numbers, arrays and inner loops of the solver. scripts/wasm.mjs compiles the other files of this directory to
 * WebAssembly with a twin of this file that does the same on vectors; every function here is the one that defines it.
 * Hence the narrow language of this directory: no closures, no object literals, no iterators.
 */
export type Int = number
export type Floats = Float64Array
export type Ints = Int32Array
/** Numbers of half the width, for looking through them twice as fast where that will do. */
export type Singles = Float32Array

export function floats(length: Int): Floats {
  return new Float64Array(length)
}

export function ints(length: Int): Ints {
  return new Int32Array(length)
}

export function singles(length: Int): Singles {
  return new Float32Array(length)
}

export function setSingle(values: Singles, index: Int, value: number): void {
  values[index] = value
}

/** Rounds towards zero. */
export function toInt(value: number): Int {
  return Math.trunc(value)
}

export function lesser(one: Int, other: Int): Int {
  return one < other ? one : other
}

export function greater(one: Int, other: Int): Int {
  return one > other ? one : other
}

/** What a row gets from its best column, and from its best other one. */
export class Best {
  value: number = 0
  /** The lowest such column; `cols` is outside. */
  col: Int = 0
  /** Equal to `value` where several columns are best. */
  second: number = 0
}

/** The two greatest of `score − price` over the columns and 0, which is what staying outside is worth. */
export function findBest(scores: Floats, base: Int, prices: Floats, cols: Int, found: Best): void {
  let value: number = 0
  let second: number = -Infinity
  let at: Int = cols
  for (let col: Int = 0; col < cols; col++) {
    const worth = (scores[base + col] as number) - (prices[col] as number)
    if (worth <= second) continue
    if (worth > value) {
      second = value
      value = worth
      at = col
    } else second = worth
  }
  found.value = value
  found.col = at
  found.second = second
}

/** As `findBest`, in single precision. */
export function findBestRoughly(scores: Singles, base: Int, prices: Singles, cols: Int, found: Best): void {
  let value: number = 0
  let second: number = -Infinity
  let at: Int = cols
  for (let col: Int = 0; col < cols; col++) {
    const worth = roughWorth(scores, base + col, prices, col)
    if (worth <= second) continue
    if (worth > value) {
      second = value
      value = worth
      at = col
    } else second = worth
  }
  found.value = value
  found.col = at
  found.second = second
}

/** What a score is worth at a price, in single precision. */
export function roughWorth(scores: Singles, cell: Int, prices: Singles, col: Int): number {
  return Math.fround((scores[cell] as number) - (prices[col] as number))
}

/** Rounds the first `length` numbers to single precision. */
export function roughen(values: Floats, length: Int, rough: Singles): void {
  for (let index: Int = 0; index < length; index++) rough[index] = values[index] as number
}

/** Lowers the bounds that begin at `cell` to what a row loses by going from a column worth `own` to it to each. */
export function lowerBounds(
  own: number,
  scores: Floats,
  base: Int,
  bounds: Floats,
  cell: Int,
  cols: Int,
): void {
  for (let col: Int = 0; col < cols; col++) {
    const cost = own - (scores[base + col] as number)
    if (cost < (bounds[cell + col] as number)) bounds[cell + col] = cost
  }
}

/** As `lowerBounds`, and notes the row in `setBy` wherever it lowers one. */
export function lowerBoundsBy(
  row: Int,
  own: number,
  scores: Floats,
  base: Int,
  bounds: Floats,
  setBy: Ints,
  cell: Int,
  cols: Int,
): void {
  for (let col: Int = 0; col < cols; col++) {
    const cost = own - (scores[base + col] as number)
    if (cost >= (bounds[cell + col] as number)) continue
    bounds[cell + col] = cost
    setBy[cell + col] = row
  }
}

/** The index of the least of the first `length` values, the lowest among equals; -1 when all are `Infinity`. */
export function findLeast(values: Floats, length: Int): Int {
  let least: number = Infinity
  let at: Int = -1
  for (let index: Int = 0; index < length; index++) {
    if ((values[index] as number) < least) {
      least = values[index] as number
      at = index
    }
  }
  return at
}

/**
 * Shortens distances along the exchanges whose bounds begin at `cell`: to `col` it is
 * `start + bound − price + prices[col]`, but never less than `least`.
 */
export function relaxBounds(
  start: number,
  least: number,
  price: number,
  bounds: Floats,
  cell: Int,
  prices: Floats,
  distance: Floats,
  open: Floats,
  via: Ints,
  mover: Ints,
  from: Int,
  unknown: Int,
  length: Int,
): void {
  for (let col: Int = 0; col < length; col++) {
    const step = (bounds[cell + col] as number) - price + (prices[col] as number)
    const reached = Math.max(least, start + step)
    if (reached < (distance[col] as number)) {
      distance[col] = reached
      open[col] = reached
      via[col] = from
      mover[col] = unknown
    }
  }
}

/** Shortens distances by what one row loses in going from a column worth `worth` to it to each other. */
export function relaxRow(
  start: number,
  worth: number,
  scores: Floats,
  base: Int,
  prices: Floats,
  distance: Floats,
  open: Floats,
  via: Ints,
  mover: Ints,
  from: Int,
  row: Int,
  cols: Int,
): void {
  for (let col: Int = 0; col < cols; col++) {
    const step = worth - ((scores[base + col] as number) - (prices[col] as number))
    const reached = start + Math.max(0, step)
    if (reached < (distance[col] as number)) {
      distance[col] = reached
      open[col] = reached
      via[col] = from
      mover[col] = row
    }
  }
}
