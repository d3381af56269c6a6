/** Steps of the continued fraction; it converges in far fewer for parameters up to thousands. */
const MOST_STEPS = 300
const PRECISION = 1e-12
/** Keeps a denominator of the continued fraction off zero. */
const TINY = 1e-300
/** Halvings of 0..1. */
const BISECTIONS = 50

/**
 * The value below which a Beta(alpha, beta) variable lies with the probability given, within 1e-12.
 *
 * @param probability - 0..1.
 * @param alpha - > 0, as is `beta`.
 */
export function betaQuantile(probability: number, alpha: number, beta: number): number {
  let low = 0
  let high = 1
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2
    if (regularizedBeta(middle, alpha, beta) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * The probability that a Beta(alpha, beta) variable is at most x.
 *
 * Continued fraction by Lentz's method: DiDonato and Morris, "Algorithm 708", ACM TOMS 1992, doi:10.1145/131766.131776.
 */
export function regularizedBeta(x: number, alpha: number, beta: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast on this side of the mean only.
  if (x > (alpha + 1) / (alpha + beta + 2)) return 1 - regularizedBeta(1 - x, beta, alpha)
  const logFront =
    logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta) + alpha * Math.log(x) + beta * Math.log1p(-x)
  return (Math.exp(logFront) / alpha) * fraction(x, alpha, beta)
}

function fraction(x: number, alpha: number, beta: number): number {
  let c = 1
  let d = 1 / offZero(1 - ((alpha + beta) * x) / (alpha + 1))
  let value = d
  for (let m = 1; m <= MOST_STEPS; m++) {
    const even = (m * (beta - m) * x) / ((alpha + 2 * m - 1) * (alpha + 2 * m))
    d = 1 / offZero(1 + even * d)
    c = offZero(1 + even / c)
    value *= d * c
    const odd = (-(alpha + m) * (alpha + beta + m) * x) / ((alpha + 2 * m) * (alpha + 2 * m + 1))
    d = 1 / offZero(1 + odd * d)
    c = offZero(1 + odd / c)
    value *= d * c
    if (Math.abs(d * c - 1) < PRECISION) break
  }
  return value
}

function offZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0. Lanczos, "A precision approximation of the gamma function", SIAM J. Numer. Anal. 1964, doi:10.1137/0701008. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const z = x - 1
  let sum = 0.9999999999998099
  LANCZOS.forEach((coefficient, i) => (sum += coefficient / (z + i + 1)))
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}
