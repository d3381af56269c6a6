/*
 * The twin of src/assignment/network/lanes.ts for WebAssembly (AssemblyScript): the same numbers from two lanes at a
 * time, or four of single precision. The meaning of each function is told there.
 */
export type Int = i32
export type Floats = StaticArray<f64>
export type Ints = StaticArray<i32>
export type Singles = StaticArray<f32>

export function floats(length: Int): Floats {
  return new StaticArray<f64>(length)
}

export function ints(length: Int): Ints {
  return new StaticArray<i32>(length)
}

export function singles(length: Int): Singles {
  return new StaticArray<f32>(length)
}

export function setSingle(values: Singles, index: Int, value: f64): void {
  values[index] = <f32>value
}

export function toInt(value: f64): Int {
  return <i32>value
}

export function lesser(one: Int, other: Int): Int {
  return one < other ? one : other
}

export function greater(one: Int, other: Int): Int {
  return one > other ? one : other
}

export class Best {
  value: f64 = 0
  col: Int = 0
  second: f64 = 0
}

// @ts-ignore: decorator
@inline
function at(array: usize, index: Int): usize {
  return array + ((<usize>index) << 3)
}

// @ts-ignore: decorator
@inline
function at32(array: usize, index: Int): usize {
  return array + ((<usize>index) << 2)
}

export function findBest(scores: Floats, base: Int, prices: Floats, cols: Int, found: Best): void {
  const row = at(changetype<usize>(scores), base)
  const paid = changetype<usize>(prices)
  let value: f64 = 0
  let second: f64 = -Infinity
  let best: Int = cols
  let col: Int = 0
  if (cols >= 8) {
    // Two columns' worth of lanes twice, so that one does not wait for the other.
    const none = f64x2.splat(-Infinity)
    let values = none
    let seconds = none
    let places = i64x2.splat(cols)
    let values2 = none
    let seconds2 = none
    let places2 = places
    let place = i64x2(0, 1)
    const two = i64x2.splat(2)
    const four = i64x2.splat(4)
    for (; col + 3 < cols; col += 4) {
      const worth = f64x2.sub(v128.load(at(row, col)), v128.load(at(paid, col)))
      const worth2 = f64x2.sub(v128.load(at(row, col), 16), v128.load(at(paid, col), 16))
      const isBetter = f64x2.gt(worth, values)
      const isBetter2 = f64x2.gt(worth2, values2)
      seconds = f64x2.pmax(seconds, f64x2.pmin(worth, values))
      seconds2 = f64x2.pmax(seconds2, f64x2.pmin(worth2, values2))
      places = v128.bitselect(place, places, isBetter)
      places2 = v128.bitselect(i64x2.add(place, two), places2, isBetter2)
      values = f64x2.pmax(values, worth)
      values2 = f64x2.pmax(values2, worth2)
      place = i64x2.add(place, four)
    }
    // Which of equal columns is named does not matter: the caller looks closer where value and second are equal.
    const isBetter = f64x2.gt(values2, values)
    seconds = f64x2.pmax(f64x2.pmax(seconds, seconds2), f64x2.pmin(values, values2))
    places = v128.bitselect(places2, places, isBetter)
    values = f64x2.pmax(values, values2)
    for (let lane: Int = 0; lane < 2; lane++) {
      const worth = lane === 0 ? f64x2.extract_lane(values, 0) : f64x2.extract_lane(values, 1)
      const next = lane === 0 ? f64x2.extract_lane(seconds, 0) : f64x2.extract_lane(seconds, 1)
      const where = lane === 0 ? <i32>i64x2.extract_lane(places, 0) : <i32>i64x2.extract_lane(places, 1)
      if (worth > value) {
        second = value
        value = worth
        best = where
      } else if (worth > second) second = worth
      if (next > second) second = next
    }
  }
  for (; col < cols; col++) {
    const worth = load<f64>(at(row, col)) - load<f64>(at(paid, col))
    if (worth <= second) continue
    if (worth > value) {
      second = value
      value = worth
      best = col
    } else second = worth
  }
  found.value = value
  found.col = best
  found.second = second
}

export function findBestRoughly(scores: Singles, base: Int, prices: Singles, cols: Int, found: Best): void {
  const row = at32(changetype<usize>(scores), base)
  const paid = changetype<usize>(prices)
  let value: f32 = 0
  let second: f32 = -Infinity
  let best: Int = cols
  let col: Int = 0
  if (cols >= 8) {
    const none = f32x4.splat(-Infinity)
    let values = none
    let seconds = none
    let places = i32x4.splat(cols)
    let values2 = none
    let seconds2 = none
    let places2 = places
    let place = i32x4(0, 1, 2, 3)
    const four = i32x4.splat(4)
    const eight = i32x4.splat(8)
    for (; col + 7 < cols; col += 8) {
      const worth = f32x4.sub(v128.load(at32(row, col)), v128.load(at32(paid, col)))
      const worth2 = f32x4.sub(v128.load(at32(row, col), 16), v128.load(at32(paid, col), 16))
      const isBetter = f32x4.gt(worth, values)
      const isBetter2 = f32x4.gt(worth2, values2)
      seconds = f32x4.pmax(seconds, f32x4.pmin(worth, values))
      seconds2 = f32x4.pmax(seconds2, f32x4.pmin(worth2, values2))
      places = v128.bitselect(place, places, isBetter)
      places2 = v128.bitselect(i32x4.add(place, four), places2, isBetter2)
      values = f32x4.pmax(values, worth)
      values2 = f32x4.pmax(values2, worth2)
      place = i32x4.add(place, eight)
    }
    const isBetter = f32x4.gt(values2, values)
    seconds = f32x4.pmax(f32x4.pmax(seconds, seconds2), f32x4.pmin(values, values2))
    places = v128.bitselect(places2, places, isBetter)
    values = f32x4.pmax(values, values2)
    for (let lane: Int = 0; lane < 4; lane++) {
      const worth = f32x4.extract_lane(values, 0)
      const next = f32x4.extract_lane(seconds, 0)
      if (worth > value) {
        second = value
        value = worth
        best = i32x4.extract_lane(places, 0)
      } else if (worth > second) second = worth
      if (next > second) second = next
      values = v128.shuffle<i32>(values, values, 1, 2, 3, 0)
      seconds = v128.shuffle<i32>(seconds, seconds, 1, 2, 3, 0)
      places = v128.shuffle<i32>(places, places, 1, 2, 3, 0)
    }
  }
  for (; col < cols; col++) {
    const worth: f32 = load<f32>(at32(row, col)) - load<f32>(at32(paid, col))
    if (worth <= second) continue
    if (worth > value) {
      second = value
      value = worth
      best = col
    } else second = worth
  }
  found.value = value
  found.col = best
  found.second = second
}

export function roughWorth(scores: Singles, cell: Int, prices: Singles, col: Int): f64 {
  return <f64>(scores[cell] - prices[col])
}

export function roughen(values: Floats, length: Int, rough: Singles): void {
  for (let index: Int = 0; index < length; index++) rough[index] = <f32>values[index]
}

export function lowerBounds(own: f64, scores: Floats, base: Int, bounds: Floats, cell: Int, cols: Int): void {
  const row = at(changetype<usize>(scores), base)
  const limits = at(changetype<usize>(bounds), cell)
  const owns = f64x2.splat(own)
  let col: Int = 0
  for (; col + 1 < cols; col += 2) {
    const cost = f64x2.sub(owns, v128.load(at(row, col)))
    v128.store(at(limits, col), f64x2.pmin(v128.load(at(limits, col)), cost))
  }
  if (col < cols) {
    const cost = own - load<f64>(at(row, col))
    if (cost < load<f64>(at(limits, col))) store<f64>(at(limits, col), cost)
  }
}

export function lowerBoundsBy(
  row: Int,
  own: f64,
  scores: Floats,
  base: Int,
  bounds: Floats,
  setBy: Ints,
  cell: Int,
  cols: Int,
): void {
  const scored = at(changetype<usize>(scores), base)
  const limits = at(changetype<usize>(bounds), cell)
  const setters = at32(changetype<usize>(setBy), cell)
  const owns = f64x2.splat(own)
  const rows = i32x4.splat(row)
  let col: Int = 0
  for (; col + 1 < cols; col += 2) {
    const cost = f64x2.sub(owns, v128.load(at(scored, col)))
    const limit = v128.load(at(limits, col))
    const isLower = f64x2.lt(cost, limit)
    if (!v128.any_true(isLower)) continue
    v128.store(at(limits, col), v128.bitselect(cost, limit, isLower))
    const setter = at32(setters, col)
    const isLowerNarrow = v128.shuffle<i32>(isLower, isLower, 0, 2, 0, 2)
    v128.store64_lane(setter, v128.bitselect(rows, v128.load64_zero(setter), isLowerNarrow), 0)
  }
  if (col < cols) {
    const cost = own - load<f64>(at(scored, col))
    if (cost >= load<f64>(at(limits, col))) return
    store<f64>(at(limits, col), cost)
    store<i32>(at32(setters, col), row)
  }
}

export function findLeast(values: Floats, length: Int): Int {
  const start = changetype<usize>(values)
  let leasts = f64x2.splat(Infinity)
  let leasts2 = leasts
  let index: Int = 0
  for (; index + 3 < length; index += 4) {
    leasts = f64x2.pmin(leasts, v128.load(at(start, index)))
    leasts2 = f64x2.pmin(leasts2, v128.load(at(start, index), 16))
  }
  leasts = f64x2.pmin(leasts, leasts2)
  let least = min(f64x2.extract_lane(leasts, 0), f64x2.extract_lane(leasts, 1))
  for (; index < length; index++) least = min(least, load<f64>(at(start, index)))
  if (least === Infinity) return -1
  leasts = f64x2.splat(least)
  for (index = 0; index + 3 < length; index += 4) {
    const isHere = f64x2.eq(leasts, v128.load(at(start, index)))
    if (v128.any_true(v128.or(isHere, f64x2.eq(leasts, v128.load(at(start, index), 16))))) break
  }
  while (load<f64>(at(start, index)) !== least) index++
  return index
}

export function relaxBounds(
  start: f64,
  least: f64,
  price: f64,
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
  const costs = at(changetype<usize>(bounds), cell)
  const paid = changetype<usize>(prices)
  const known = changetype<usize>(distance)
  const leasts = f64x2.splat(least)
  const starts = f64x2.splat(start)
  const priceHere = f64x2.splat(price)
  let col: Int = 0
  for (; col + 1 < length; col += 2) {
    const step = f64x2.add(f64x2.sub(v128.load(at(costs, col)), priceHere), v128.load(at(paid, col)))
    const reached = f64x2.max(leasts, f64x2.add(starts, step))
    const isNearer = f64x2.lt(reached, v128.load(at(known, col)))
    if (!v128.any_true(isNearer)) continue
    if (i64x2.extract_lane(isNearer, 0) !== 0) {
      reach(f64x2.extract_lane(reached, 0), distance, open, via, mover, from, unknown, col)
    }
    if (i64x2.extract_lane(isNearer, 1) !== 0) {
      reach(f64x2.extract_lane(reached, 1), distance, open, via, mover, from, unknown, col + 1)
    }
  }
  if (col < length) {
    const step = load<f64>(at(costs, col)) - price + load<f64>(at(paid, col))
    const reached = max<f64>(least, start + step)
    if (reached < distance[col]) reach(reached, distance, open, via, mover, from, unknown, col)
  }
}

export function relaxRow(
  start: f64,
  worth: f64,
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
  const scored = at(changetype<usize>(scores), base)
  const paid = changetype<usize>(prices)
  const known = changetype<usize>(distance)
  const zero = f64x2.splat(0)
  const starts = f64x2.splat(start)
  const worths = f64x2.splat(worth)
  let col: Int = 0
  for (; col + 1 < cols; col += 2) {
    const step = f64x2.sub(worths, f64x2.sub(v128.load(at(scored, col)), v128.load(at(paid, col))))
    const reached = f64x2.add(starts, f64x2.max(zero, step))
    const isNearer = f64x2.lt(reached, v128.load(at(known, col)))
    if (!v128.any_true(isNearer)) continue
    if (i64x2.extract_lane(isNearer, 0) !== 0) {
      reach(f64x2.extract_lane(reached, 0), distance, open, via, mover, from, row, col)
    }
    if (i64x2.extract_lane(isNearer, 1) !== 0) {
      reach(f64x2.extract_lane(reached, 1), distance, open, via, mover, from, row, col + 1)
    }
  }
  if (col < cols) {
    const step = worth - (load<f64>(at(scored, col)) - load<f64>(at(paid, col)))
    const reached = start + max<f64>(0, step)
    if (reached < distance[col]) reach(reached, distance, open, via, mover, from, row, col)
  }
}

// @ts-ignore: decorator
@inline
function reach(
  reached: f64,
  distance: Floats,
  open: Floats,
  via: Ints,
  mover: Ints,
  from: Int,
  row: Int,
  col: Int,
): void {
  distance[col] = reached
  open[col] = reached
  via[col] = from
  mover[col] = row
}
