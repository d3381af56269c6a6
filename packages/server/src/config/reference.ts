import type { z } from 'zod'
import { configJsonSchema } from './json-schema.js'

type Schema = z.core.JSONSchema.BaseSchema

const INTRODUCTION = `# Configuration

<!-- Written by \`npm run config:docs\` from packages/server/src/config/schema; change it there. -->

Every option of \`loadstar.yaml\`. A key that is not listed here is an error, and \`loadstar config check\` tells all
that is wrong with a file at once. In any value \`\${NAME}\` stands for a variable of the environment,
\`\${NAME:-default}\` for one that may be missing or empty, and \`$\${\` for a literal \`\${\`. \`HOST\`, \`PORT\` and
\`DATABASE_URL\` stand above \`server.host\`, \`server.port\` and \`storage.url\`.

The JSON Schema for editors is [loadstar.schema.json](../../packages/server/loadstar.schema.json);
\`loadstar config schema\` prints it.
`

/** The reference page of the configuration, in Markdown. */
export function configReference(): string {
  return [INTRODUCTION, ...properties(configJsonSchema(), '').flatMap(describeSection)].join('\n')
}

interface Option {
  readonly path: string
  readonly schema: Schema
  readonly isRequired: boolean
}

function properties(schema: Schema, prefix: string): Option[] {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).map(([key, value]) => ({
    path: `${prefix}${key}`,
    schema: asSchema(value),
    isRequired: required.has(key),
  }))
}

function describeSection(option: Option): string[] {
  const title = `## ${option.path}\n\n${option.schema.description ?? ''}\n`
  const inner = nested(option)
  if (inner.length === 0) return [`${title}\n${valueLine(option)}\n`]
  return [title, ...inner.flatMap(describeOption)]
}

function describeOption(option: Option): string[] {
  const inner = nested(option)
  const own = `### \`${option.path}\`\n\n${valueLine(option)}\n\n${option.schema.description ?? ''}\n`
  return [own, ...inner.flatMap(describeOption)]
}

function nested({ path, schema }: Option): Option[] {
  return schema.type === 'array'
    ? properties(asSchema(schema.items), `${path}[].`)
    : properties(schema, `${path}.`)
}

/** `Integer 0..65535 · default 8080`. */
function valueLine({ schema, isRequired }: Option): string {
  const standard = defaultOf(schema)
  const presence = isRequired ? 'required' : standard === '' ? 'optional' : `default \`${standard}\``
  const value = valueOf(schema)
  return `${value.charAt(0).toUpperCase()}${value.slice(1)} · ${presence}`
}

/** Empty where there is none, or none that is worth telling. */
function defaultOf({ default: standard }: Schema): string {
  if (Array.isArray(standard)) return standard.length === 0 ? '' : `[${standard.join(', ')}]`
  const isPlain =
    typeof standard === 'string' || typeof standard === 'number' || typeof standard === 'boolean'
  return isPlain ? String(standard) : ''
}

function valueOf(schema: Schema): string {
  if (schema.anyOf?.[0] !== undefined) return valueOf(asSchema(schema.anyOf[0]))
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(' or ')
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type}${range(schema)}`
    case 'array':
      return `list of ${valueOf(asSchema(schema.items))}`
    case 'object':
      return schema.properties === undefined
        ? `mapping to ${valueOf(asSchema(schema.additionalProperties))}`
        : 'mapping'
    case 'boolean':
      return '`true` or `false`'
    default:
      return 'text'
  }
}

function range({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const hasEnd = maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER
  if (exclusiveMinimum !== undefined) return ` > ${exclusiveMinimum}${hasEnd ? ` and ≤ ${maximum}` : ''}`
  if (minimum === undefined) return ''
  return hasEnd ? ` ${minimum}..${maximum}` : ` ≥ ${minimum}`
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {}
}
