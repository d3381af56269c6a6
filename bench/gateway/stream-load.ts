import { Connection } from './connection.js'

interface StreamLoad {
  readonly port: number
  readonly request: Buffer
  /** At once; whoever is through begins again. */
  readonly streams: number
  /** Over which the first ones begin, so that they do not all begin and end together for ever. */
  readonly spreadMs: number
  /** Of streams that begin and events that come after so long, until `forMs` later. */
  readonly settleMs: number
  readonly forMs: number
  /** Told at the beginning and at the end of the measured window. */
  readonly mark: () => void
}

interface StreamResult {
  /** Of streams that began in the window. */
  readonly firstMs: readonly number[]
  /** Between events of a stream; those that came in one piece have 0 between them. */
  readonly gapsMs: readonly number[]
  readonly events: number
  /** Streams that broke off, or were refused. */
  readonly failed: number
  /** Pieces that did not end with an event's end. */
  readonly torn: number
  readonly pieces: number
  readonly seconds: number
}

const EVENT_END = '\n\n'

/** Keeps so many streams open at once. */
export async function streamLoad(options: StreamLoad): Promise<StreamResult> {
  const { port, request, streams, spreadMs, settleMs, forMs, mark } = options
  const firstMs: number[] = []
  const gapsMs: number[] = []
  let events = 0
  let failed = 0
  let torn = 0
  let pieces = 0
  let isMeasured = false
  let isOver = false
  const connections = Array.from({ length: streams }, () => new Connection(port))
  const run = (connection: Connection) => {
    if (isOver) return
    const sentMs = performance.now()
    let lastMs = 0
    connection.send(request, {
      data(body) {
        const nowMs = performance.now()
        const count = eventsIn(body)
        if (isMeasured) {
          if (lastMs === 0) firstMs.push(nowMs - sentMs)
          else gapsMs.push(nowMs - lastMs)
          for (let i = 1; i < count; i++) gapsMs.push(0)
          events += count
          pieces++
          if (body[body.length - 1] !== 10 || body[body.length - 2] !== 10) torn++
        }
        lastMs = nowMs
      },
      end(status) {
        if (isMeasured && status !== 200) failed++
        // A gateway that refuses at once must not keep the client from hearing the others.
        if (status === 200) run(connection)
        else setTimeout(run, REFUSED_PAUSE_MS, connection)
      },
    })
  }
  connections.forEach((connection, index) => setTimeout(run, (spreadMs * index) / streams, connection))
  await sleep(spreadMs + settleMs)
  isMeasured = true
  mark()
  const startMs = performance.now()
  await sleep(forMs)
  isMeasured = false
  isOver = true
  const seconds = (performance.now() - startMs) / 1000
  mark()
  for (const connection of connections) connection.close()
  return { firstMs, gapsMs, events, failed, torn, pieces, seconds }
}

const REFUSED_PAUSE_MS = 100

function eventsIn(body: Buffer): number {
  let count = 0
  for (let at = body.indexOf(EVENT_END); at >= 0; at = body.indexOf(EVENT_END, at + 2)) count++
  return count
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
