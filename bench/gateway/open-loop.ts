import { Connection } from './connection.js'

interface OpenLoop {
  readonly port: number
  readonly request: Buffer
  readonly perSecond: number
  readonly seconds: number
}

interface OpenLoopResult {
  readonly good: number
  readonly failed: number
  /** Of good answers, from the instant the request was due, so that a client held up does not hide a slow answer. */
  readonly latenciesMs: readonly number[]
  /** From the instant it was due to when it was sent. */
  readonly lateMs: readonly number[]
}

/** How long answers that are still missing at the end are waited for. */
const PATIENCE_MS = 10_000

/**
 * Requests at a fixed rate, whatever becomes of those before. It spins between them, because timers are a millisecond
 * coarse: models on the same core are let in by the system as soon as they have something to do.
 */
export async function openLoop({ port, request, perSecond, seconds }: OpenLoop): Promise<OpenLoopResult> {
  const opened: Connection[] = []
  const idle: Connection[] = []
  const latenciesMs: number[] = []
  const lateMs: number[] = []
  const all = Math.round(perSecond * seconds)
  const gapMs = 1000 / perSecond
  let failed = 0
  let ended = 0
  const open = () => {
    const connection = new Connection(port)
    opened.push(connection)
    return connection
  }
  const send = (dueMs: number) => {
    const connection = idle.pop() ?? open()
    connection.send(request, {
      end(status) {
        ended++
        if (status === 200) latenciesMs.push(performance.now() - dueMs)
        else failed++
        idle.push(connection)
      },
    })
  }
  await new Promise<void>((resolve) => {
    const startMs = performance.now() + 1
    const lastMs = startMs + all * gapMs + PATIENCE_MS
    let sent = 0
    const turn = () => {
      const nowMs = performance.now()
      while (sent < all && startMs + sent * gapMs <= nowMs) {
        const dueMs = startMs + sent * gapMs
        lateMs.push(nowMs - dueMs)
        send(dueMs)
        sent++
      }
      if (ended >= all || nowMs > lastMs) resolve()
      else setImmediate(turn)
    }
    turn()
  })
  failed += all - ended
  for (const connection of opened) connection.close()
  return { good: latenciesMs.length, failed, latenciesMs, lateMs }
}
