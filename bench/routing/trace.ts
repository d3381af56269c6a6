import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom, type TraceRecord } from '@loadstar/core'

/** What was asked of two services at once: code to complete, and conversations. */
export interface Trace {
  readonly name: string
  /** Classes `code` and `conv`, in order of time. */
  readonly records: readonly TraceRecord[]
}

const KINDS = ['code', 'conv'] as const

/**
 * The Azure LLM inference trace of November 2023: Patel et al., "Splitwise: Efficient generative LLM inference using
 * phase splitting", ISCA 2024; https://github.com/Azure/AzurePublicDataset, CC-BY-4.0. Read from
 * `<folder>/azure2023/AzureLLMInferenceTrace_{code,conv}.csv`; where there is none, an hour of its kind is generated.
 */
export function twoServices(folder: string | undefined): Trace {
  const paths = KINDS.map(
    (kind) => [kind, join(folder ?? '', 'azure2023', `AzureLLMInferenceTrace_${kind}.csv`)] as const,
  )
  if (folder === undefined || !paths.every(([, path]) => existsSync(path))) {
    return { name: 'generated, of the kind of Azure 2023', records: generated() }
  }
  const all = paths.flatMap(([kind, path]) => recorded(path, kind)).sort((a, b) => a.atMs - b.atMs)
  const firstMs = all[0]?.atMs ?? 0
  return { name: 'Azure 2023', records: all.map((record) => ({ ...record, atMs: record.atMs - firstMs })) }
}

function recorded(path: string, classId: string): TraceRecord[] {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  return lines.map((line) => {
    const [time = '', inputTokens, outputTokens] = line.split(',')
    // Seven decimals, of which a date keeps three.
    const [whole = '', fraction = '0'] = time.split('.')
    const atMs = Date.parse(`${whole.replace(' ', 'T')}Z`) + 1_000 * Number(`0.${fraction}`)
    if (!Number.isFinite(atMs)) throw new Error(`${path}: no time in ${line}`)
    return { atMs, classId, inputTokens: Number(inputTokens), outputTokens: Number(outputTokens) }
  })
}

/** Conversations at a steady rate and code in bursts, with that trace's rates and mean lengths. */
function generated(): TraceRecord[] {
  const random = seededRandom(2023)
  const exponential = (mean: number) => -Math.log(1 - random()) * mean
  const records: TraceRecord[] = []
  const HOUR_MS = 3_600_000
  for (let atMs = exponential(186); atMs < HOUR_MS; atMs += exponential(186)) {
    records.push({ atMs, classId: 'conv', inputTokens: lengthOf(1_155), outputTokens: lengthOf(211) })
  }
  for (let atMs = 0; atMs < HOUR_MS;) {
    // A burst of a few seconds at some twelve times the mean rate, then nothing.
    const untilMs = atMs + exponential(4_000)
    for (; atMs < untilMs; atMs += exponential(33)) {
      records.push({ atMs, classId: 'code', inputTokens: lengthOf(2_048), outputTokens: lengthOf(28) })
    }
    atMs += exponential(44_000)
  }
  return records.filter(({ atMs }) => atMs < HOUR_MS).sort((a, b) => a.atMs - b.atMs)

  function lengthOf(mean: number): number {
    return Math.max(1, Math.round(exponential(mean)))
  }
}
