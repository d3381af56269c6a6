/** One event of a `text/event-stream`. */
export interface ServerEvent {
  readonly id: string
  readonly name: string
  readonly data: string
}

/** Takes the stream as it comes, and gives the events that are complete; comments give none. */
export function eventFrames(): (text: string) => ServerEvent[] {
  let rest = ''
  let lastId = ''
  return (text) => {
    const blocks = (rest + text).replaceAll('\r\n', '\n').split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => {
      const event = eventOf(block, lastId)
      if (event === undefined) return []
      lastId = event.id
      return [event]
    })
  }
}

function eventOf(block: string, lastId: string): ServerEvent | undefined {
  let id = lastId
  let name = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const value = line.slice(colon + 1).replace(/^ /, '')
    const field = line.slice(0, colon)
    if (field === 'id') id = value
    if (field === 'event') name = value
    if (field === 'data') data.push(value)
  }
  return data.length === 0 ? undefined : { id, name, data: data.join('\n') }
}
