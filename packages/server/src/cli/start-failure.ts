/** The address that could not be had, if that is what the error says. */
export function takenPort(error: unknown): number | null {
  const { code, port } = (error ?? {}) as { code?: unknown; port?: unknown }
  return code === 'EADDRINUSE' && typeof port === 'number' ? port : null
}

/**
 * Runs a command's body; an error becomes lines on stderr, `loadstar: …`, and exit code 1.
 *
 * @param onTakenPort - how to choose another port, for when one is taken.
 */
export async function orFail(body: () => Promise<void>, onTakenPort: string): Promise<void> {
  try {
    await body()
  } catch (error) {
    const port = takenPort(error)
    const message = port === null ? textOf(error) : `port ${port} is taken; ${onTakenPort}`
    process.stderr.write(`loadstar: ${message}\n`)
    process.exitCode = 1
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
