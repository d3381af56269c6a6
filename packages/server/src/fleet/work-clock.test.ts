import { describe, expect, test, vi } from 'vitest'
import { WorkClock } from './work-clock.js'

/** Runs `body` in a world where time passes only by `vi.advanceTimersByTime`. */
function inFakeTime(body: () => void): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    body()
  } finally {
    vi.useRealTimers()
  }
}

describe('WorkClock', () => {
  test('runs milestones in order of their work, ties in order of asking', () => {
    inFakeTime(() => {
      const clock = new WorkClock()
      const ran: string[] = []
      const works = [50, 20, 90, 20, 10, 70, 30, 60, 20]
      works.forEach((work, index) => clock.after(work, () => ran.push(`${work}#${index}`)))
      vi.advanceTimersByTime(100)
      expect(ran).toEqual(['10#4', '20#1', '20#3', '20#8', '30#6', '50#0', '60#7', '70#5', '90#2'])
    })
  })

  test('slows what is already under way from the moment its rate falls', () => {
    inFakeTime(() => {
      const clock = new WorkClock()
      let ranAfterMs = -1
      const startMs = performance.now()
      clock.after(100, () => {
        ranAfterMs = performance.now() - startMs
      })
      vi.advanceTimersByTime(40)
      clock.setRate(0.5)
      vi.advanceTimersByTime(1000)
      // 40 ms at full rate, the other 60 ms of work at half.
      expect(ranAfterMs).toBe(160)
    })
  })

  test('never runs what was cancelled or asked before it stopped', () => {
    inFakeTime(() => {
      const clock = new WorkClock()
      const ran: string[] = []
      const cancel = clock.after(10, () => ran.push('cancelled'))
      clock.after(20, () => ran.push('kept'))
      clock.after(500, () => ran.push('stopped'))
      cancel()
      vi.advanceTimersByTime(100)
      clock.stop()
      vi.advanceTimersByTime(1000)
      expect(ran).toEqual(['kept'])
      expect(vi.getTimerCount()).toBe(0)
    })
  })

  test('takes new milestones from those that run', () => {
    inFakeTime(() => {
      const clock = new WorkClock()
      const ran: number[] = []
      const again = (): void => {
        ran.push(performance.now())
        if (ran.length < 3) clock.after(10, again)
      }
      const startMs = performance.now()
      clock.after(10, again)
      vi.advanceTimersByTime(100)
      expect(ran.map((ms) => ms - startMs)).toEqual([10, 20, 30])
    })
  })
})
