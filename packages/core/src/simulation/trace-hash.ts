const bits = new DataView(new ArrayBuffer(8))

/**
 * A rolling hash over numbers: two runs that differ in any number, or in their order, differ in it with all but
 * certainty. Two 32-bit lanes mixed as in MurmurHash3's body; not for secrets.
 */
export class TraceHash {
  #low = 0x9747b28c | 0
  #high = 0x3c6ef372 | 0

  /** @param value - any number; all of its bits count. */
  note(value: number): void {
    bits.setFloat64(0, value)
    this.#low = mix(this.#low, bits.getInt32(0))
    this.#high = mix(this.#high ^ this.#low, bits.getInt32(4))
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    return hex(this.#low) + hex(this.#high)
  }
}

function mix(lane: number, word: number): number {
  let key = Math.imul(word, 0xcc9e2d51)
  key = (key << 15) | (key >>> 17)
  const mixed = lane ^ Math.imul(key, 0x1b873593)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0')
}
