import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Router } from '@loadstar/core'
import type { ExchangeRecord } from '../../packages/server/src/gateway/record.js'
import { createHistory, type History } from '../../packages/server/src/history/history.js'
import type { HistoryStore } from '../../packages/server/src/history/store.js'

const MODELS = ['a', 'b', 'c', 'd'].map((id) => ({
  id,
  maxConcurrent: 1_000,
  maxQueue: 0,
  targetUtilization: 1,
}))
const CANDIDATES = MODELS.map(({ id }) => ({ modelId: id, score: 80 }))
const TICK_MS = 5
const NANOS_PER_MS = 1e6
const OPTIONS = { flushMs: 250, bufferRows: 20_000, retentionMs: 86_400_000, maxRows: 100_000_000 }

interface Load {
  readonly perSecond: number
  readonly seconds: number
  readonly isRecording: boolean
}

export interface Ingest extends Load {
  readonly requests: number
  /** How late timers of this process were, milliseconds: what requests would have felt. */
  readonly loopDelayMs: {
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly max: number
  }
  /** Of this process with its threads, per request. */
  readonly cpuUs: number
  /** Of the listener alone. */
  readonly noteUs: number
  readonly stored: number
  readonly dropped: number
}

/** Routes and ends so many requests a second for a while, recording them or not. */
export async function ingest(store: HistoryStore, load: Load): Promise<Ingest> {
  const router = new Router(MODELS)
  const history = createHistory(OPTIONS, {
    store: keptOpen(store),
    decisions: { nextLeaseId: () => router.nextLeaseId, decision: (id) => router.decision(id) },
    decisionId: (leaseId) => `0a1b2c3d-${leaseId.toString(36)}`,
    clock: Date.now,
    log: console,
  })
  history.start()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const cpu = process.cpuUsage()
  const { requests, noteUs } = await route(router, history, load)
  delay.disable()
  const used = process.cpuUsage(cpu)
  await history.stop()
  const { stored, dropped } = history.counters()
  const ms = (percent: number) => delay.percentile(percent) / NANOS_PER_MS
  return {
    ...load,
    requests,
    loopDelayMs: { p50: ms(50), p95: ms(95), p99: ms(99), max: delay.max / NANOS_PER_MS },
    cpuUs: (used.user + used.system) / requests,
    noteUs,
    stored,
    dropped,
  }
}

async function route(router: Router, history: History, { perSecond, seconds, isRecording }: Load) {
  const startMs = performance.now()
  let requests = 0
  let noteMs = 0
  for (let elapsedMs = 0; elapsedMs < seconds * 1_000; elapsedMs = performance.now() - startMs) {
    const due = Math.floor((elapsedMs * perSecond) / 1_000)
    const ended: ExchangeRecord[] = []
    for (; requests < due; requests++) ended.push(served(router, requests))
    const beforeMs = performance.now()
    if (isRecording) for (const record of ended) history.note(record)
    noteMs += performance.now() - beforeMs
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
  return { requests, noteUs: (noteMs * 1_000) / requests }
}

function served(router: Router, index: number): ExchangeRecord {
  const nowMs = Date.now()
  const requestId = `r-${index}`
  const answer = router.submit({ requestId, candidates: CANDIDATES }, nowMs)
  if (answer.kind !== 'admitted') throw new Error(`a free model was not given: ${answer.kind}`)
  const { id, modelId } = answer.lease
  router.settle(id, 'completed', nowMs)
  return {
    requestId,
    keyId: undefined,
    chargeId: undefined,
    api: 'openai_chat' as ExchangeRecord['api'],
    cache: undefined,
    outcome: 'completed',
    status: 200,
    startedMs: nowMs,
    asked: {
      model: 'auto',
      agentId: 'a',
      task: 'coding',
      mustHave: [],
      priority: 'default',
      isStream: false,
    },
    totalMs: 512.5,
    queueMs: 0,
    overheadMs: 0.25,
    attempts: [
      {
        modelId,
        leaseId: id,
        score: 80,
        outcome: 'completed',
        queueMs: 0,
        serviceMs: 512,
        firstByteMs: 120,
        inputTokens: 900,
        outputTokens: 120,
        costUsd: 0.0002,
      },
    ],
  }
}

/** Closed by whoever opened it. */
function keptOpen(store: HistoryStore): HistoryStore {
  return {
    append: (rows) => store.append(rows),
    find: (id) => store.find(id),
    page: (query) => store.page(query),
    piece: (query, format) => store.piece(query, format),
    forget: (retention) => store.forget(retention),
    close: () => Promise.resolve(),
  }
}
