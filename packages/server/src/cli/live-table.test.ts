import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { renderLine, renderTable, startLiveTable } from './live-table.js'
import type { InstanceSnapshot, ModelSnapshot } from './snapshot.js'

const IDLE: ModelSnapshot = {
  id: 'comet-1b',
  name: 'Comet 1B',
  activeRequests: 0,
  maxConcurrent: 32,
  queueDepth: 0,
  maxQueue: 128,
  requests: 0,
  failures: 0,
  p50Ms: null,
  p95Ms: null,
  utilization: 0,
  isOverTarget: false,
}
const FULL: ModelSnapshot = {
  ...IDLE,
  id: 'atlas-70b',
  name: 'Atlas 70B',
  activeRequests: 12,
  maxConcurrent: 12,
  queueDepth: 7,
  requests: 1234,
  failures: 2,
  p50Ms: 1249.6,
  p95Ms: 2100,
  utilization: 1,
  isOverTarget: true,
}
const ALMOST: ModelSnapshot = {
  ...FULL,
  id: 'breeze-7b',
  name: 'Breeze 7B',
  activeRequests: 19,
  maxConcurrent: 20,
}

function snapshot(...models: ModelSnapshot[]): InstanceSnapshot {
  return { models, submitted: 1300, completed: 1200, rejected: 3, waiting: 7, inFlight: 12 }
}

describe('renderTable', () => {
  test('shows every model with its bar, queue, counts and percentiles, and the totals', () => {
    const lines = renderTable(snapshot(FULL, ALMOST, IDLE), false).split('\n')
    expect(lines).toHaveLength(5)
    expect(lines[1]).toMatch(/^ Atlas 70B +█{12} 12\/12 +7 +1234 +1250 +2100 +2 *$/)
    expect(lines[2]).toMatch(/█{11}░ 19\/20/)
    expect(lines[3]).toMatch(/^ Comet 1B +░{12} 0\/32 +0 +0 +– +– +0 *$/)
    expect(lines[4]).toBe(' 1300 submitted, 1200 completed, 3 rejected, 7 waiting, 12 in flight')
  })

  test('shows one request in hundreds', () => {
    const busy = { ...IDLE, activeRequests: 1, maxConcurrent: 500 }
    expect(renderTable(snapshot(busy), false)).toContain('█░░░░░░░░░░░ 1/500')
  })

  test('says the same in colour as without, and colours nothing when it may not', () => {
    const models = snapshot(FULL, IDLE)
    const plain = renderTable(models, false)
    const colored = renderTable(models, true)
    expect(stripVTControlCharacters(plain)).toBe(plain)
    expect(colored).not.toBe(plain)
    expect(stripVTControlCharacters(colored)).toBe(plain)
  })
})

describe('renderLine', () => {
  test('names models by id and mentions queues only where there are any', () => {
    expect(renderLine(snapshot(FULL, IDLE))).toBe(
      'atlas-70b 12/12 +7 waiting · comet-1b 0/32 | 1300 submitted, 1200 completed, 3 rejected, 7 waiting, 12 in flight',
    )
  })
})

describe('startLiveTable', () => {
  function drive(screen: { isTTY?: boolean; columns?: number }, forMs: number): string[] {
    const written: string[] = []
    vi.useFakeTimers()
    try {
      const end = startLiveTable(() => snapshot(FULL, IDLE), {
        ...screen,
        write: (text) => written.push(text),
      })
      vi.advanceTimersByTime(forMs)
      end()
      vi.advanceTimersByTime(60_000)
    } finally {
      vi.useRealTimers()
    }
    return written
  }

  test('redraws over itself on a terminal', () => {
    const written = drive({ isTTY: true, columns: 120 }, 1000)
    expect(written).toHaveLength(4)
    const height = (written[0] ?? '').trimEnd().split('\n').length
    expect(written[0]?.startsWith('\u001b[')).toBe(false)
    for (const text of written.slice(1)) expect(text.startsWith(`\u001b[${height}A\u001b[0J`)).toBe(true)
  })

  test('fits the eighty columns that terminals have', () => {
    const written = drive({ isTTY: true, columns: 80 }, 1000)
    expect(written[0]).toContain('in flight / limit')
  })

  test.each([{}, { isTTY: true, columns: 40 }])(
    'prints lines without control codes elsewhere: %j',
    (screen) => {
      const written = drive(screen, 11_000)
      expect(written.length).toBeGreaterThan(2)
      for (const text of written) expect(text).toBe(`${renderLine(snapshot(FULL, IDLE))}\n`)
    },
  )

  test('prints a line every five seconds into a pipe and where the table does not fit', () => {
    expect(drive({}, 20_000)).toHaveLength(6)
    expect(drive({ isTTY: true, columns: 40 }, 20_000).length).toBeLessThanOrEqual(6)
  })
})
