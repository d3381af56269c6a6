/**
 * The program of a worker of `loadstar serve --workers`: the gateway, and nothing that exists once. It is started by
 * `cluster/crew.ts` and does what the primary says.
 */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { Socket } from 'node:net'
import { createHttpServer, refuseClientError } from '../api/http-server.js'
import { hostCheck } from '../api/same-site.js'
import { apiRelay } from '../cluster/api-relay.js'
import { WIRE_FD } from '../cluster/crew.js'
import type { ToPrimary, ToWorker, WorkerStart } from '../cluster/message.js'
import { RemoteAdmission } from '../cluster/remote-admission.js'
import { Wire } from '../cluster/wire.js'
import { DecisionIds } from '../gateway/decision-ids.js'
import type { Hedging } from '../gateway/hedging.js'
import type { Tracing } from '../gateway/tracing.js'
import { LearnedScores } from '../learning/learned-scores.js'
import { Roster } from '../registry/roster.js'
import { VitalsMonitor } from '../telemetry/vitals.js'
import { openTraces } from '../telemetry/otel.js'
import { monotonicMs } from './clock.js'
import { createGatewayPath } from './gateway-path.js'
import { LAST_BYTES_MS } from './last-bytes.js'
import { createLogger } from './logger.js'
import { VERSION } from './version.js'

/** Milliseconds between two readings; a scrape every 15 s finds fresh ones. */
const VITALS_EVERY_MS = 5_000

interface Running {
  readonly receive: (message: ToWorker) => void
  /** The primary is gone. */
  readonly abandon: () => void
}

// Ctrl-C reaches every process of a terminal; when to stop is the primary's to say.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

let running: Running | undefined
const wire = new Wire<ToPrimary, ToWorker>(new Socket({ fd: WIRE_FD }), {
  receive(message) {
    if (message[0] === 'start') running = start(message[1])
    else running?.receive(message)
  },
  closed() {
    // Nobody counts what runs here any more: no model may see it a moment longer than needed.
    running?.abandon()
    setImmediate(() => process.exit(1))
  },
})

function start({ config, apiSocket, ownSocket, decisionPrefix, catalog, learned }: WorkerStart): Running {
  const { server, telemetry } = config
  const log = createLogger('info')
  const roster = Roster.of(catalog)
  const scores = new LearnedScores(config.scoring, learned)
  const opened = openTraces({ otlp: telemetry.otlp, version: VERSION, log })
  let tracing: Tracing | undefined
  const admission = new RemoteAdmission((message) => wire.send(message), monotonicMs)
  const { gateway, hedging, follow, close } = createGatewayPath(config, {
    catalog: roster,
    admission,
    scorer: scores,
    decisionIds: new DecisionIds(decisionPrefix),
    ended: (record) => {
      wire.send(['ended', record])
      tellHedges()
    },
    tracing: () => tracing,
    log,
    clock: monotonicMs,
  })
  const tellHedges = hedgesTeller(hedging)
  const http = createHttpServer({
    api: apiRelay(apiSocket),
    gateway: gateway.handle,
    checkHost: hostCheck(server.host, server.allowedHosts),
  })
  http.on('clientError', refuseClientError)
  const isFollowed = opened.then((traces) => void (tracing = traces.tracing))
  const connections = serve(http, ownSocket, isFollowed)
  tellVitals()
  return {
    receive(message) {
      switch (message[0]) {
        case 'change': {
          const [, version, change] = message
          roster.apply(change)
          follow(change)
          admission.forgetLists()
          return wire.send(['known', version])
        }
        case 'learned':
          scores.load(message[1])
          return admission.forgetLists()
        case 'drain':
          void gateway.drain().then(() => {
            tellHedges()
            wire.send(['drained'])
          })
          return
        case 'abort':
          return gateway.abortAll()
        case 'stop':
          void stop(http, connections)
            .then(close)
            .then(async () => (await opened).stop())
            .then(() => process.exit(0))
          return
        default:
          admission.receive(message)
      }
    },
    abandon() {
      admission.lost()
      gateway.abortAll()
    },
  }
}

/** Tells the primary of second attempts since the last time, where there were any. */
function hedgesTeller(hedging: Pick<Hedging, 'counters'>): () => void {
  let told = hedging.counters()
  return () => {
    const { made, won, refused } = hedging.counters()
    if (made === told.made && won === told.won && refused === told.refused) return
    wire.send(['hedges', made - told.made, won - told.won, refused - told.refused])
    told = { made, won, refused }
  }
}

function tellVitals(): void {
  const monitor = new VitalsMonitor()
  setInterval(() => wire.send(['vitals', monitor.read()]), VITALS_EVERY_MS).unref()
}

/** Serves the connections that the primary hands over. */
function serve(http: Server, ownSocket: string, isReady: Promise<void>): ReadonlySet<Socket> {
  const connections = new Set<Socket>()
  process.on('message', (_message, socket: Socket | undefined) => {
    wire.send(['taken'])
    // Its client may have left on the way.
    if (socket === undefined) return
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
    // What the server would set on those it accepts itself.
    socket.allowHalfOpen = true
    socket.setNoDelay(true)
    http.emit('connection', socket)
  })
  void isReady.then(() => http.listen(ownSocket, () => wire.send(['ready'])))
  return connections
}

async function stop(http: Server, connections: ReadonlySet<Socket>): Promise<void> {
  http.close()
  http.closeIdleConnections()
  // Connections on which no request was ever sent are not idle to Node, and would hold the process.
  const closeRest = setTimeout(() => http.closeAllConnections(), LAST_BYTES_MS)
  await Promise.all([...connections].map((socket) => once(socket, 'close')))
  clearTimeout(closeRest)
}
