import type { Account } from './account.js'

/** Bytes that tell how many follow. */
const LENGTH_BYTES = 4

/** The sketches of all measures in one piece. */
export function packSketches(sketches: readonly (Uint8Array | undefined)[]): Uint8Array {
  const total = sketches.reduce((sum, sketch) => sum + LENGTH_BYTES + (sketch?.length ?? 0), 0)
  const packed = new Uint8Array(total)
  const view = new DataView(packed.buffer)
  let at = 0
  for (const sketch of sketches) {
    view.setUint32(at, sketch?.length ?? 0)
    at += LENGTH_BYTES
    if (sketch) packed.set(sketch, at)
    at += sketch?.length ?? 0
  }
  return packed
}

/** Adds what was packed to the account. Of measures that came later there is nothing. */
export function addPacked(packed: Uint8Array, { sketches }: Account): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  let at = 0
  for (const sketch of sketches) {
    if (at >= packed.length) return
    const length = view.getUint32(at)
    at += LENGTH_BYTES
    if (length > 0) sketch.mergeEncoded(packed.subarray(at, at + length))
    at += length
  }
}
