import { expect, it } from 'vitest'
import { estimateInputTokens } from './input-estimate.js'

const of = (body: unknown): number => estimateInputTokens(Buffer.from(JSON.stringify(body)))
const text = 'word '.repeat(400)
const image = 'A'.repeat(400_000)

it('text counts a token for every four bytes', () => {
  expect(estimateInputTokens(Buffer.from('x'.repeat(401)))).toBe(101)
})

it('an image in a data URL counts as one, whatever its size', () => {
  const parts = (data: string) => [
    { type: 'text', text },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
  ]
  expect(of(parts(image))).toBe(of(parts('AAAA')))
  expect(of(parts(image))).toBeLessThan(of([{ type: 'text', text }]) + 1_100)
})

it.each([
  ['first', { type: 'base64', media_type: 'image/png', data: image }],
  ['last', { media_type: 'image/png', type: 'base64', data: image }],
])('so does one in a block of the Anthropic API, with its type %s', (_name, source) => {
  const blocks = [
    { type: 'image', source },
    { type: 'text', text },
  ]
  expect(of(blocks)).toBeLessThan(of([{ type: 'text', text }]) + 1_100)
})

it('a word that only looks like an image costs nothing', () => {
  const said = { role: 'user', content: 'is "base64" a type of "data"?' }
  expect(of(said)).toBeLessThan(50)
})
