import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Path of a file of examples/: the copy that the build puts beside the compiled code, which is all an installed
 * package has, else the checkout's own.
 *
 * @throws when neither is there: the package is damaged.
 */
export function exampleFile(name: 'loadstar.yaml' | 'fleet.yaml'): string {
  const places = ['../examples/', '../../../../examples/'].map((folder) =>
    fileURLToPath(new URL(`${folder}${name}`, import.meta.url)),
  )
  const found = places.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`examples/${name} is missing; looked at ${places.join(' and ')}`)
  return found
}
