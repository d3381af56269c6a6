/** Unix milliseconds that never run backwards: the wall clock at start plus a monotonic clock. */
export function monotonicMs(): number {
  return performance.timeOrigin + performance.now()
}
