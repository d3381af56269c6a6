const TICK_MS = 250
/** Shorter runs are over before anybody wonders. */
const PATIENCE_MS = 500

/**
 * Tells on a terminal that a long run goes on, one line that is wiped at its end; nothing anywhere else.
 *
 * @param label - what runs, e.g. `pairing 10,000 agents with 100 models`.
 */
export async function withProgress<Result>(
  stream: NodeJS.WriteStream,
  label: string,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!stream.isTTY) return work()
  const startedMs = performance.now()
  const ticker = setInterval(() => {
    const elapsedMs = performance.now() - startedMs
    if (elapsedMs >= PATIENCE_MS)
      stream.write(`\r${label}: ${(elapsedMs / 1000).toFixed(1)} s, Ctrl-C ends it`)
  }, TICK_MS)
  try {
    return await work()
  } finally {
    clearInterval(ticker)
    if (performance.now() - startedMs >= PATIENCE_MS) stream.write('\r\u001b[K')
  }
}
