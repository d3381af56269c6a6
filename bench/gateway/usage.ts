import { readFileSync } from 'node:fs'
import { TESTED_CORE } from './child.js'

/** Ticks of /proc/<pid>/stat a second: Linux fixes them for programs. */
const TICKS_PER_SECOND = 100

interface Used {
  /** CPU time of the processes, in microseconds. */
  readonly cpuMicros: number
  /** How busy they kept the core under test, 0..1. */
  readonly cpuShare: number
  /** How busy others kept it. */
  readonly othersShare: number
}

/** @returns what to call for how much processes have used since. */
export function watchUse(pids: readonly number[]): () => Used {
  const startMs = performance.now()
  const before = cpuMicros(pids)
  const coreBefore = coreMicros(TESTED_CORE)
  return () => {
    const spent = cpuMicros(pids) - before
    const all = coreMicros(TESTED_CORE) - coreBefore
    const tookMicros = (performance.now() - startMs) * 1000
    return {
      cpuMicros: spent,
      cpuShare: spent / tookMicros,
      othersShare: Math.max(0, all - spent) / tookMicros,
    }
  }
}

/** CPU time that processes and their children have had, all threads, user and system, in microseconds; steps of 10,000. */
function cpuMicros(pids: readonly number[]): number {
  let ticks = 0
  for (const pid of family(pids)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in brackets, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return (ticks / TICKS_PER_SECOND) * 1e6
}

/** Resident memory of processes and their children in MiB; what they share counts for each. */
export function rssMiB(pids: readonly number[]): number {
  let kib = 0
  for (const pid of family(pids)) {
    kib += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
  }
  return kib / 1024
}

/** Time in which a core had anything to do, for anybody, in microseconds since the machine started. */
function coreMicros(core: number): number {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? ''
  const [user = NaN, nice = NaN, system = NaN, , , irq = NaN, softirq = NaN] = line.split(' ').map(Number)
  return ((user + nice + system + irq + softirq) / TICKS_PER_SECOND) * 1e6
}

const LOOK_MS = 250
/** CPU time of an idle process in that: one tick is the least that can be seen. */
const IDLE_MICROS = 20_000
const LONGEST_MS = 20_000

/** Resolves when processes have nothing to do any more, so that what one left undone is not charged to the next. */
export async function untilIdle(pids: readonly number[]): Promise<void> {
  const endMs = performance.now() + LONGEST_MS
  while (pids.length > 0 && performance.now() < endMs) {
    const before = cpuMicros(pids)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    if (cpuMicros(pids) - before <= IDLE_MICROS) return
  }
}

function family(pids: readonly number[]): number[] {
  return pids.flatMap((pid) => {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
    return [pid, ...(children === '' ? [] : family(children.split(' ').map(Number)))]
  })
}
