import { reportFailure } from './output.js'

/** The address that could not be had, if that is what the error says. */
export function takenPort(error: unknown): number | null {
  const { code, port } = (error ?? {}) as { code?: unknown; port?: unknown }
  return code === 'EADDRINUSE' && typeof port === 'number' ? port : null
}

/**
 * Runs a command's body; an error becomes lines on stderr and the exit code.
 *
 * @param onTakenPort - how to choose another port, for when one is taken.
 */
export async function orFail(body: () => Promise<void>, onTakenPort: string): Promise<void> {
  try {
    await body()
  } catch (error) {
    const port = takenPort(error)
    reportFailure(port === null ? error : new Error(`port ${port} is taken; ${onTakenPort}`))
  }
}
