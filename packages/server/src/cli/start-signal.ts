/**
 * Waits for SIGINT or SIGTERM, or for `durationMs`, whichever comes first.
 *
 * A second signal ends the process at once, should stopping take too long.
 */
export async function untilStopped(durationMs = Infinity): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = durationMs === Infinity ? undefined : setTimeout(resolve, durationMs)
    const onSignal = (signal: NodeJS.Signals): void => {
      clearTimeout(timer)
      resolve()
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal)
      process.once(signal, () => process.exit(130))
    }
    process.once('SIGINT', onSignal)
    process.once('SIGTERM', onSignal)
  })
}
