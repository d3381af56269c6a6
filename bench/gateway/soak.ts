import { table } from '../routing/table.js'
import { chatRequest } from './canned.js'
import { Connection } from './connection.js'
import { withEntrants, type Entrant } from './field.js'
import { shown } from './figures.js'
import { slopeOf, type Point } from './slope.js'
import { loadstar } from './peers/loadstar.js'
import type { Question } from './question.js'
import { INSTANT, type Behaviour } from './upstreams.js'
import { rssMiB } from './usage.js'

/** Requests a second of each kind. */
const WHOLE_PER_SECOND = 100
const STREAMS_PER_SECOND = 20
const ABORTED_PER_SECOND = 10
/** Of a stream that is aborted, how much is heard. */
const HEARD_EVENTS = 3
const SAMPLE_MS = 1_000
/** Memory is meant to grow while code is compiled and windows fill. */
const WARM_SHARE = 0.3
const model: Behaviour = { ...INSTANT, thinkMs: 20, thinkSpread: 0.5, streams: { tokens: 20, gapMs: 20 } }
const peers = [loadstar]

export const soak: Question = {
  name: 'soak',
  question: `Does memory grow under a steady load of ${WHOLE_PER_SECOND} whole answers, ${STREAMS_PER_SECOND} streams and ${ABORTED_PER_SECOND} aborted streams a second?`,
  ask: ({ soakMinutes, isPresent }) =>
    withEntrants(peers.filter(isPresent), [model], async ([entrant]) => {
      if (entrant === undefined) return { text: '', rows: [] }
      const { points, counts } = await run(entrant, soakMinutes * 60_000)
      const kept = points.slice(Math.floor(points.length * WARM_SHARE))
      const { perHour, standardError } = slopeOf(kept)
      const last = kept.at(-1)?.mib ?? NaN
      const text = table(
        ['', 'minutes', 'MiB at first', 'MiB at last', 'slope, MiB/h', 'standard error', 'answers', 'failed'],
        [
          [
            loadstar.name,
            shown(soakMinutes),
            shown(kept[0]?.mib ?? NaN),
            shown(last),
            shown(perHour, 1),
            shown(standardError, 1),
            shown(counts.ended),
            shown(counts.failed),
          ],
        ],
      )
      return { text, rows: [{ perHour, standardError, ...counts }, ...points] }
    }),
}

interface Counts {
  ended: number
  failed: number
  aborted: number
}

async function run(
  { running }: Entrant,
  forMs: number,
): Promise<{ readonly points: readonly Point[]; readonly counts: Counts }> {
  const counts: Counts = { ended: 0, failed: 0, aborted: 0 }
  const idle: Connection[] = []
  const whole = chatRequest(running, false)
  const stream = chatRequest(running, true)
  const send = (request: Buffer, isAborted: boolean) => {
    const connection = idle.pop() ?? new Connection(running.port)
    let heard = 0
    connection.send(request, {
      data() {
        if (!isAborted || ++heard < HEARD_EVENTS) return
        counts.aborted++
        connection.close()
      },
      end(status) {
        counts.ended++
        if (status !== 200) counts.failed++
        idle.push(connection)
      },
    })
  }
  const timers = [
    setInterval(() => send(whole, false), 1000 / WHOLE_PER_SECOND),
    setInterval(() => send(stream, false), 1000 / STREAMS_PER_SECOND),
    setInterval(() => send(stream, true), 1000 / ABORTED_PER_SECOND),
  ]
  const points: Point[] = []
  const startMs = performance.now()
  while (performance.now() - startMs < forMs) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))
    points.push({ hours: (performance.now() - startMs) / 3_600_000, mib: rssMiB(running.pids) })
  }
  timers.forEach((timer) => clearInterval(timer))
  await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))
  for (const connection of idle) connection.close()
  return { points, counts }
}
