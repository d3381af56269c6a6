import { ConfigError } from '../config/config-error.js'
import { exitCodeOf } from './exit-code.js'

/** Runs a command's body; an error becomes a few lines on stderr and the exit code, never a stack trace. */
export async function orReport(body: () => void | Promise<void>): Promise<void> {
  try {
    await body()
  } catch (error) {
    reportFailure(error)
  }
}

/** What went wrong, on stderr, and the exit code that goes with it. */
export function reportFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  // Lines that start with file:line:column stay as they are, so that terminals and editors link them.
  process.stderr.write(error instanceof ConfigError ? `${message}\n` : `loadstar: ${message}\n`)
  process.exitCode = exitCodeOf(error)
}

/** A reader that has seen enough (`| head`) ends the program quietly instead of with a broken pipe. */
export function endQuietlyOnBrokenPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
}
