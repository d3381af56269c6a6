import { Connection } from './connection.js'

interface ClosedLoop {
  readonly port: number
  readonly request: Buffer
  readonly connections: number
  /** Ends after so many milliseconds, or requests, whichever is first. */
  readonly forMs: number
  readonly requests?: number
}

interface ClosedLoopResult {
  readonly good: number
  readonly failed: number
  readonly perStatus: Readonly<Record<number, number>>
  readonly seconds: number
  /** Milliseconds of each good answer. */
  readonly latenciesMs: readonly number[]
}

/** Clients that ask again as soon as they are answered. What is under way at the end is waited for, and not counted. */
export async function closedLoop(options: ClosedLoop): Promise<ClosedLoopResult> {
  const { port, request, connections, forMs, requests = Infinity } = options
  const perStatus: Record<number, number> = {}
  const latenciesMs: number[] = []
  const startMs = performance.now()
  const endMs = startMs + forMs
  let failed = 0
  let answered = 0
  let lastMs = startMs
  const client = () =>
    new Promise<void>((resolve) => {
      const connection = new Connection(port)
      let sentMs = 0
      const end = (status: number) => {
        const nowMs = performance.now()
        if (nowMs > endMs || answered >= requests) {
          connection.close()
          resolve()
          return
        }
        lastMs = nowMs
        answered++
        perStatus[status] = (perStatus[status] ?? 0) + 1
        if (status === 200) latenciesMs.push(nowMs - sentMs)
        else failed++
        // Not in the same turn: a gateway that refuses at once would let nobody else speak.
        if (status === 200) ask()
        else setImmediate(ask)
      }
      const listener = { end }
      const ask = () => {
        sentMs = performance.now()
        connection.send(request, listener)
      }
      ask()
    })
  await Promise.all(Array.from({ length: connections }, client))
  return { good: latenciesMs.length, failed, perStatus, seconds: (lastMs - startMs) / 1000, latenciesMs }
}
