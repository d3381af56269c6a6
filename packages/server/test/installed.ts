import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Where a program of this machine is. Where it is missing, what needs it is skipped and the reason told aloud; with
 * `LOADSTAR_SKIP_NOTHING=1`, as `.ci/run` has it, that is a failure.
 *
 * @param debianPackage - which has it.
 * @param folders - to look in besides those of `PATH`, the best first.
 */
export function installed(
  program: string,
  debianPackage: string,
  folders: readonly string[] = [],
): string | undefined {
  const all = [...folders, ...(process.env['PATH'] ?? '').split(delimiter)]
  const found = all.map((folder) => join(folder, program)).find((path) => existsSync(path))
  if (found !== undefined) return found
  const message = `${program} is not installed; to have it: apt-get install ${debianPackage}`
  if (process.env['LOADSTAR_SKIP_NOTHING'] === '1') throw new Error(message)
  console.warn(`\n!! SKIPPED: ${message}\n`)
  return undefined
}
