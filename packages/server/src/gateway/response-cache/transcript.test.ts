import { expect, it } from 'vitest'
import { Transcript } from './transcript.js'

const JSON_HEADERS = ['x-loadstar-model', 'm', 'content-type', 'application/json']

function taken(play: (transcript: Transcript) => void, maxBytes = 10): string[] {
  const kept: string[] = []
  play(
    new Transcript({
      maxBytes,
      keep: ({ modelId, contentType, body }) =>
        void kept.push(`${modelId} ${contentType} ${body.toString()}`),
    }),
  )
  return kept
}

const say = (transcript: Transcript, ...parts: string[]): void => {
  for (const part of parts) transcript.add(Buffer.from(part))
}

it('keeps what went out, in order, once it has ended well', () => {
  const kept = taken((transcript) => {
    transcript.begin(200, JSON_HEADERS)
    say(transcript, 'one', 'two')
    transcript.approve('m')
    say(transcript, 'last')
    transcript.end()
  })
  expect(kept).toEqual(['m application/json onetwolast'])
})

it.each<[string, (transcript: Transcript) => void]>([
  ['ended badly', (one) => (one.begin(200, JSON_HEADERS), say(one, 'a'), one.end())],
  ['broke off', (one) => (one.begin(200, JSON_HEADERS), say(one, 'a'), one.approve('m'))],
  ['is an error', (one) => (one.begin(400, JSON_HEADERS), say(one, 'a'), one.approve('m'), one.end())],
  [
    'is too long',
    (one) => (one.begin(200, JSON_HEADERS), say(one, 'a', '0123456789'), one.approve('m'), one.end()),
  ],
  [
    'is compressed',
    (one) => (
      one.begin(200, [...JSON_HEADERS, 'content-encoding', 'br']),
      say(one, 'a'),
      one.approve('m'),
      one.end()
    ),
  ],
])('keeps no answer that %s', (_name, play) => {
  expect(taken(play)).toEqual([])
})
