/** A source of chance: every call returns the next number in [0, 1). */
export type RandomSource = () => number

const WARM_UP_ROUNDS = 12
const TWO_TO_32 = 0x1_0000_0000

/**
 * A seeded source: the same seed and stream give the same numbers on every machine.
 *
 * @param seed - integer, the low 32 bits count.
 * @param stream - integer, the low 32 bits count; different streams of one seed are independent.
 *
 * sfc32, Chris Doty-Humphrey, PractRand 0.94 (http://pracrand.sourceforge.net), seeded as PractRand does:
 * 2^32 resolution, period of at least 2^32 per stream. Not for secrets.
 */
export function seededRandom(seed: number, stream = 0): RandomSource {
  let a = 0
  let b = seed | 0
  let c = stream | 0
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / TWO_TO_32
  }
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) next()
  return next
}

/**
 * One draw of a log-normal distribution, 0 when the median is 0.
 *
 * @param median - ≥ 0, in whatever unit the result shall have.
 * @param sigma - ≥ 0, spread of the logarithm; 0 always gives the median.
 *
 * Takes two numbers of the source. Box and Muller, A Note on the Generation of Random Normal Deviates,
 * 1958, doi:10.1214/aoms/1177706645.
 */
export function drawLogNormal(random: RandomSource, median: number, sigma: number): number {
  return median * Math.exp(sigma * drawNormal(random))
}

/** One draw of the standard normal distribution; as `drawLogNormal` takes it. */
export function drawNormal(random: RandomSource): number {
  // 1 − u lies in (0, 1], whose logarithm is finite.
  const radius = Math.sqrt(-2 * Math.log(1 - random()))
  return radius * Math.cos(2 * Math.PI * random())
}
