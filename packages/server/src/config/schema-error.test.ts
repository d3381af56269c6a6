import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { closedObject } from './closed-object.js'
import { describeIssues } from './schema-error.js'

const MODEL = closedObject({
  id: z.string().min(1).max(5),
  max_concurrent: z.int().min(0),
  share: z.number().gt(0).lte(1).optional(),
  dialect: z.enum(['openai', 'anthropic']).optional(),
  base_url: z.string().regex(/^http/, { error: 'must start with http' }).optional(),
  api_key: z.string().min(3).optional(),
  strengths: z.record(z.string().regex(/^[a-z]+$/, { error: 'must be lower case' }), z.number()).optional(),
  even: z.number().multipleOf(2).optional(),
  on: z.boolean().optional(),
})
const SCHEMA = closedObject({ models: z.array(MODEL).min(1) })
const FINE = { id: 'a', max_concurrent: 1 }

function messages(schema: z.ZodType, input: unknown): string[] {
  const result = schema.safeParse(input)
  return result.success ? [] : describeIssues(result.error, input).map((problem) => problem.message)
}

function messagesOf(model: object): string[] {
  return messages(SCHEMA, { models: [FINE, { ...FINE, ...model }] })
}

describe('describeIssues', () => {
  test.each<[object, string]>([
    [{ max_concurrent: -1 }, 'models[1].max_concurrent must be ≥ 0, got -1'],
    [{ max_concurrent: 1.5 }, 'models[1].max_concurrent must be an integer, got 1.5'],
    [{ max_concurrent: '4' }, 'models[1].max_concurrent must be a finite number, got "4"'],
    [{ max_concurrent: undefined }, 'models[1].max_concurrent is required'],
    [{ share: 0 }, 'models[1].share must be > 0, got 0'],
    [{ share: 1.5 }, 'models[1].share must be ≤ 1, got 1.5'],
    [{ share: NaN }, 'models[1].share must be a finite number, got NaN'],
    [{ share: Infinity }, 'models[1].share must be a finite number, got Infinity'],
    [{ share: null }, 'models[1].share must be a finite number, got null'],
    [{ id: '' }, 'models[1].id must not be empty, got ""'],
    [{ id: 'abcdef' }, 'models[1].id must have ≤ 5 characters, got "abcdef"'],
    [{ id: ['a'] }, 'models[1].id must be text, got a list'],
    [
      { dialect: 'openia' },
      'models[1].dialect must be one of openai, anthropic (did you mean openai?), got "openia"',
    ],
    [{ base_url: 'ftp://me:pw@host/x' }, 'models[1].base_url must start with http, got "ftp://***@host/x"'],
    [{ api_key: 'pw' }, 'models[1].api_key must have ≥ 3 characters'],
    [
      { strengths: { 'A b': 1 } },
      'models[1].strengths["A b"] is not a valid name: it must be lower case, got "A b"',
    ],
    [{ strengths: { a: {} } }, 'models[1].strengths.a must be a finite number, got a mapping'],
    [{ even: 3 }, 'models[1].even must be a multiple of 2, got 3'],
    [{ on: 'yes' }, 'models[1].on must be true or false, got "yes"'],
    [{ maxConcurrent: 1 }, 'models[1].maxConcurrent is not a known key; did you mean max_concurrent?'],
  ])('%j: %s', (model, message) => {
    expect(messagesOf(model)).toEqual([message])
  })

  test('every unknown key is a problem of its own, with the known keys where none is near', () => {
    expect(
      messages(closedObject({ host: z.string(), port: z.int() }), {
        host: 'h',
        port: 1,
        hots: 1,
        weather: 2,
      }),
    ).toEqual([
      'hots is not a known key; did you mean host?',
      'weather is not a known key; known here: host, port',
    ])
  })

  test('an unknown key of a plain strict object is told without a suggestion', () => {
    expect(messages(z.strictObject({ a: z.string() }), { a: '', b: 1 })).toEqual(['b is not a known key'])
  })

  test('an input that is not an object at all is told as the input', () => {
    expect(messages(SCHEMA, [])).toEqual(['the input must be a mapping, got an empty list'])
    expect(messages(SCHEMA, { models: [] })).toEqual(['models must not be empty, got an empty list'])
  })

  test('a union tells what each branch expects, or what is wrong inside the one that fits best', () => {
    const union = closedObject({ input: z.union([z.string(), z.array(z.int())]) })
    expect(messages(union, { input: 5 })).toEqual(['input must be text or must be a list, got 5'])
    expect(messages(union, { input: [1, 'x'] })).toEqual(['input[1] must be a finite number, got "x"'])
    expect(messages(union, {})).toEqual(['input is required'])
  })

  test('all problems are told at once, in the order of the input', () => {
    expect(messagesOf({ max_concurrent: -1, id: 5, share: 2 })).toHaveLength(3)
  })

  test('long values are cut', () => {
    const [message] = messagesOf({ id: 'x'.repeat(5000) })
    expect(message?.length).toBeLessThan(160)
  })
})
