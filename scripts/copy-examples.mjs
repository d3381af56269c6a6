// `loadstar demo` of an installed package needs the example files: the build puts them beside the compiled code.
import { cpSync, mkdirSync } from 'node:fs'

const target = new URL('../packages/server/dist/examples/', import.meta.url)
mkdirSync(target, { recursive: true })
for (const name of ['loadstar.yaml', 'fleet.yaml']) {
  cpSync(new URL(`../examples/${name}`, import.meta.url), new URL(name, target))
}
