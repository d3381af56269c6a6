import { readFileSync } from 'node:fs'

/** The version of the package this runs from; beside `src` and `dist` alike stands its package.json. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version
