/** What runs in a worker thread; the pool of `simulator.ts` loads this file. */
import type { MessagePort } from 'node:worker_threads'
import { LoadstarError } from '@loadstar/core'
import type { Recorded } from '../../history/trace.js'
import { performWhatIf, type WhatIfResult } from './perform.js'
import { WhatIfError, type WhatIf } from './what-if.js'

/** A simulation, and the port over which recorded requests come and progress goes. */
export interface SimulationTask {
  readonly whatIf: WhatIf
  readonly port: MessagePort
}

/** Over the port: lines of JSON in pieces, then `null`. */
export type RowsMessage = string | null

/** What the worker hands back: errors lose their class on the way, so a refusal is a value. */
export type SimulationOutcome =
  | { readonly kind: 'done'; readonly result: WhatIfResult }
  | {
      readonly kind: 'refused'
      readonly code: string
      readonly param: string | null
      readonly message: string
    }

export default async function simulateInWorker({ whatIf, port }: SimulationTask): Promise<SimulationOutcome> {
  // It has begun: rows may come.
  port.postMessage(0)
  try {
    const records = whatIf.source.kind === 'recorded' ? await recordsFrom(port) : []
    const result = performWhatIf(whatIf, records, (share) => port.postMessage(share))
    return { kind: 'done', result }
  } catch (error) {
    if (error instanceof WhatIfError) {
      return { kind: 'refused', code: error.code, param: error.param, message: error.message }
    }
    if (error instanceof LoadstarError) {
      return { kind: 'refused', code: error.code.toLowerCase(), param: error.field, message: error.message }
    }
    throw error
  } finally {
    port.close()
  }
}

/** Read here, so that the thread that serves requests has nothing to do with them. */
function recordsFrom(port: MessagePort): Promise<readonly Recorded[]> {
  const records: Recorded[] = []
  return new Promise((resolve) => {
    port.on('message', (rows: RowsMessage) => {
      if (rows === null) return resolve(records)
      for (const line of rows.split('\n')) if (line !== '') records.push(JSON.parse(line) as Recorded)
    })
  })
}
