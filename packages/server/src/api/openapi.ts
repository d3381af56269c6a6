import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { ZodApp } from './deps.js'
import { GATEWAY_PATHS } from './openapi-gateway.js'

const MEANING_OF_STATUS: Readonly<Record<string, string>> = {
  '200': 'Done.',
  '201': 'Made.',
  '202': 'Taken on: it goes on by itself.',
  '400': 'A field of the request is wrong, or the body is no JSON.',
  '404': 'There is nothing by this id.',
  '409': 'It contradicts what is there.',
  '413': 'The body is larger than server.max_body_bytes.',
  '415': 'The body is not application/json.',
  '503': 'Not at this moment: the code tells why.',
}

const TAGS = [
  { name: 'gateway', description: 'Live requests, in the APIs of OpenAI and Anthropic.' },
  { name: 'assignments', description: 'Agents paired with models beforehand.' },
  { name: 'agents', description: 'Who asks.' },
  { name: 'models', description: 'Who answers.' },
  { name: 'load', description: 'What each model carries at this moment.' },
  { name: 'decisions', description: 'Why live requests were given their models.' },
  { name: 'simulations', description: 'What other models, limits or policies would have made of it.' },
  { name: 'events', description: 'Everything as it happens, for pages that stay open.' },
  { name: 'learning', description: 'What people think of answers, and what is made of it.' },
  { name: 'alerts', description: 'What is wrong, and what was.' },
  {
    name: 'capacity',
    description: 'Rules for models that are nearly full, and how many slots would be enough.',
  },
  { name: 'metrics', description: 'What was measured: of late, over time, and for Prometheus.' },
  { name: 'budgets', description: 'What keys and agents may spend, and have spent.' },
  { name: 'stats', description: 'The instance in numbers.' },
  { name: 'health', description: 'For load balancers and orchestrators.' },
]

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A key of auth.keys, where there are any.' },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'The same, as Anthropic’s clients send it.',
  },
} as const

/** A star, in place of the signs of the software that draws the page. */
const MARK = {
  filename: 'loadstar.svg',
  type: 'image/svg+xml',
  content:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#f5b301" d="M16 1l3.6 11.4L31 16l-11.4 3.6L16 31l-3.6-11.4L1 16l11.4-3.6z"/></svg>',
}

type TransformObject = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>

/** The parts of the document that are completed here. */
interface Described {
  readonly paths: Readonly<
    Record<string, Record<string, { responses?: Record<string, { description: string }> }>>
  >
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

/** Describes every route registered after it: the document at `/openapi.json`, a page for people at `/docs`. */
export function describeRoutes(app: ZodApp, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Loadstar',
        version,
        description: 'Load-aware model router: an OpenAI-compatible gateway, and the API that steers it.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: TAGS,
      components: { securitySchemes: SECURITY_SCHEMES },
      // Either, or none where no keys are configured.
      security: [{}, ...Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] }))],
    },
    transform: jsonSchemaTransform,
    transformObject: completed,
  })
  // Everything it shows is in the package: no request leaves the machine.
  app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list' },
    theme: { title: 'Loadstar API', favicon: [{ ...MARK, rel: 'icon', sizes: 'any' }] },
    logo: { ...MARK, href: '/docs/' },
  })
  app.after(() => {
    app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  })
}

/** Adds what the framework's routes do not tell: the gateway's paths, and what each status means. */
const completed: TransformObject = (input) => {
  const document = jsonSchemaTransformObject(input)
  const { paths: described, components } = document as unknown as Described
  for (const operation of Object.values(described).flatMap((methods) => Object.values(methods))) {
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      response.description = MEANING_OF_STATUS[status] ?? response.description
    }
  }
  const paths = { ...described, ...GATEWAY_PATHS }
  const schemas = usedOnly(components.schemas, JSON.stringify(paths))
  return {
    ...document,
    paths,
    components: { ...components, schemas },
  } as unknown as ReturnType<TransformObject>
}

/** The schemas that anything in use refers to: the transform writes each in two forms, for input and for output. */
function usedOnly(schemas: Described['components']['schemas'], paths: string): Record<string, object> {
  const used = new Set<string>()
  const texts = [paths]
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const [name, schema] of Object.entries(schemas)) {
      if (used.has(name) || !text.includes(`"$ref":"#/components/schemas/${name}"`)) continue
      used.add(name)
      texts.push(JSON.stringify(schema))
    }
  }
  // Where a schema stands is its name; an `$id` that is a fragment is not allowed in JSON Schema 2020-12.
  return Object.fromEntries(
    [...used].sort().map((name) => [name, { ...schemas[name], $id: undefined, $schema: undefined }]),
  )
}
