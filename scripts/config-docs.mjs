// Writes what follows from the configuration's schema: the JSON Schema and the reference page. Run after a build.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { configJsonSchema } from '../packages/server/dist/config/json-schema.js'
import { configReference } from '../packages/server/dist/config/reference.js'

await write('../packages/server/loadstar.schema.json', JSON.stringify(configJsonSchema()))
await write('../docs/reference/configuration.md', configReference())

async function write(path, text) {
  const file = fileURLToPath(new URL(path, import.meta.url))
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }))
  console.log(file)
}
