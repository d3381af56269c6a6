import { LoadstarError } from '../error.js'
import { checkMs } from '../load/check.js'
import { BUCKET_COUNT, bucketOf, middleOf } from './buckets.js'

/** Of the values of a sketch; all but `count` are `null` when there were none. */
export interface LatencySummary {
  readonly count: number
  /** Milliseconds, exact, as are `max` and `avg`. */
  readonly min: number | null
  readonly max: number | null
  readonly avg: number | null
  /** Milliseconds, within 2 % of the value at that nearest rank (values from 0.01 ms to 2.8 hours). */
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

const NOTHING: LatencySummary = {
  count: 0,
  min: null,
  max: null,
  avg: null,
  p50: null,
  p95: null,
  p99: null,
}

/** Of the encoded form: sum, least and greatest as 64-bit floats. */
const HEADER_BYTES = 24
/** Seven bits of a number in each byte, the eighth tells that more follow. */
const MORE = 0x80
/** Of a bucket: the distance to the one before, two bytes, and a count of 32 bits, five. */
const MOST_BYTES = 7

/**
 * Durations in about a thousand logarithmic buckets (4 kB): count, sum and ends exact, percentiles within 2 %. Two
 * sketches merge without a further error, and so do encoded ones, which take some two bytes for each bucket in use.
 *
 * Buckets as in DDSketch. Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with
 * relative-error guarantees", VLDB 2019, doi:10.14778/3352063.3352135.
 */
export class Sketch {
  #count = 0
  #sum = 0
  #min = Infinity
  #max = 0
  readonly #buckets = new Uint32Array(BUCKET_COUNT)

  get count(): number {
    return this.#count
  }

  /** Milliseconds, of all values together. */
  get sum(): number {
    return this.#sum
  }

  /**
   * @param valueMs - milliseconds ≥ 0.
   * @throws {LoadstarError} `OPTION_INVALID` when it is negative or not finite.
   */
  add(valueMs: number): void {
    checkMs(valueMs, 'value_ms')
    this.addAt(bucketOf(valueMs), valueMs)
  }

  /** As `add`, for a value whose bucket, `bucketOf` it, is known already, and which is not checked. */
  addAt(bucket: number, valueMs: number): void {
    this.#count++
    this.#sum += valueMs
    if (valueMs < this.#min) this.#min = valueMs
    if (valueMs > this.#max) this.#max = valueMs
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
  }

  merge(other: Sketch): void {
    if (other.#count === 0) return
    this.#join(other.#count, other.#sum, other.#min, other.#max)
    const from = other.#buckets
    const to = this.#buckets
    const last = other.#last()
    for (let i = other.#first(); i <= last; i++) to[i] = (to[i] ?? 0) + (from[i] ?? 0)
  }

  /** @throws {LoadstarError} `OPTION_INVALID` for bytes that `encode` cannot have written. */
  mergeEncoded(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (bytes.length < HEADER_BYTES) throw damaged(bytes)
    let count = 0
    let bucket = -1
    let at = HEADER_BYTES
    const next = (): number => {
      let value = 0
      for (let scale = 1; at < bytes.length; scale *= MORE) {
        const byte = bytes[at++] ?? 0
        value += (byte % MORE) * scale
        if (byte < MORE) return value
      }
      throw damaged(bytes)
    }
    while (at < bytes.length) {
      bucket += 1 + next()
      const times = next()
      if (bucket >= BUCKET_COUNT) throw damaged(bytes)
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + times
      count += times
    }
    if (count > 0) this.#join(count, view.getFloat64(0), view.getFloat64(8), view.getFloat64(16))
  }

  /** All of it, for `mergeEncoded`. */
  encode(): Uint8Array {
    const first = this.#count === 0 ? 0 : this.#first()
    const end = this.#count === 0 ? 0 : this.#last() + 1
    const bytes = new Uint8Array(HEADER_BYTES + (end - first) * MOST_BYTES + MOST_BYTES)
    let at = HEADER_BYTES
    const write = (value: number): void => {
      let rest = value
      for (; rest >= MORE; rest = Math.floor(rest / MORE)) bytes[at++] = (rest % MORE) + MORE
      bytes[at++] = rest
    }
    let last = -1
    for (let i = first; i < end; i++) {
      const times = this.#buckets[i] ?? 0
      if (times === 0) continue
      write(i - last - 1)
      write(times)
      last = i
    }
    const encoded = bytes.slice(0, at)
    const view = new DataView(encoded.buffer)
    view.setFloat64(0, this.#sum)
    view.setFloat64(8, this.#min)
    view.setFloat64(16, this.#max)
    return encoded
  }

  /** Adds how many values each group of buckets holds. @param groupOf - for each bucket the index in `counts`. */
  addGroups(groupOf: Uint8Array, counts: Float64Array): void {
    if (this.#count === 0) return
    const last = this.#last()
    for (let i = this.#first(); i <= last; i++) {
      const times = this.#buckets[i] ?? 0
      if (times > 0) counts[groupOf[i] ?? 0] = (counts[groupOf[i] ?? 0] ?? 0) + times
    }
  }

  summary(): LatencySummary {
    if (this.#count === 0) return NOTHING
    return {
      count: this.#count,
      min: this.#min,
      max: this.#max,
      avg: this.#sum / this.#count,
      p50: this.#quantile(0.5),
      p95: this.#quantile(0.95),
      p99: this.#quantile(0.99),
    }
  }

  clear(): void {
    if (this.#count === 0) return
    this.#buckets.fill(0, this.#first(), this.#last() + 1)
    this.#count = 0
    this.#sum = 0
    this.#min = Infinity
    this.#max = 0
  }

  /** The buckets in use, most often few, lie between those of the ends. */
  #first(): number {
    return bucketOf(this.#min)
  }

  #last(): number {
    return bucketOf(this.#max)
  }

  #join(count: number, sum: number, min: number, max: number): void {
    this.#count += count
    this.#sum += sum
    if (min < this.#min) this.#min = min
    if (max > this.#max) this.#max = max
  }

  #quantile(q: number): number {
    const rank = Math.ceil(q * this.#count)
    let seen = 0
    let bucket = this.#first() - 1
    while (seen < rank && bucket < BUCKET_COUNT - 1) seen += this.#buckets[++bucket] ?? 0
    // The exact ends are known: an estimate beyond them would be further off.
    return Math.min(this.#max, Math.max(this.#min, middleOf(bucket)))
  }
}

function damaged(bytes: Uint8Array): LoadstarError {
  return new LoadstarError('OPTION_INVALID', 'sketch', 'must be an encoded sketch, undamaged', bytes.length)
}
