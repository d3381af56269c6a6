import type { EmbeddingRequest } from './prompt.js'
import { seededRandom } from '@loadstar/core'

/** The body of an embeddings answer: unit vectors that depend on nothing but the text. */
export function embeddingBody(request: EmbeddingRequest, model: string): string {
  const data = request.inputs.map((text, index) => {
    const vector = embed(text, request.dimensions)
    return { object: 'embedding', index, embedding: request.isBase64 ? toBase64(vector) : [...vector] }
  })
  const usage = { prompt_tokens: request.promptTokens, total_tokens: request.promptTokens }
  return JSON.stringify({ object: 'list', data, model, usage })
}

function embed(text: string, dimensions: number): Float32Array {
  const random = seededRandom(hash(text))
  const vector = Float32Array.from({ length: dimensions }, () => random() * 2 - 1)
  const length = Math.hypot(...vector) || 1
  return vector.map((value) => value / length)
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  return value
}

/** The dialect sends vectors as little-endian floats. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4))
  return bytes.toString('base64')
}
