import { z } from 'zod'
import { CONFIG_SCHEMA } from './schema.js'

/** The JSON Schema of loadstar.yaml, in draft 7 because editors read that one best. */
export function configJsonSchema(): z.core.JSONSchema.JSONSchema {
  return {
    ...z.toJSONSchema(CONFIG_SCHEMA, {
      target: 'draft-7',
      io: 'input',
      override: ({ jsonSchema }) => allowVariable(jsonSchema),
    }),
    title: 'loadstar.yaml',
  }
}

const PLAIN_RULES = ['type', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const

/** A number or boolean may also be written as `${NAME}`, which is text until the environment is filled in. */
function allowVariable(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.type !== 'number' && schema.type !== 'integer' && schema.type !== 'boolean') return
  const plain: z.core.JSONSchema.BaseSchema = {}
  for (const rule of PLAIN_RULES) {
    if (schema[rule] === undefined) continue
    Object.assign(plain, { [rule]: schema[rule] })
    delete schema[rule]
  }
  schema.anyOf = [plain, { type: 'string', pattern: String.raw`\$\{.+\}` }]
}
