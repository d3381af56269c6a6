import { signal } from '@preact/signals'

/** One model as it would be; empty where it stays as it is. */
export interface ModelChange {
  readonly key: number
  /** Of the model that changes, or that a new one is like. */
  readonly model: string
  readonly kind: 'limits' | 'remove' | 'add'
  readonly maxConcurrent: string
  /** Percent. */
  readonly target: string
}

/** What is asked, as it stands in the form. */
interface Question {
  readonly source: 'recorded' | 'scenario'
  /** Milliseconds up to now, of recorded requests. */
  readonly windowMs: number
  readonly scenario: string
  /** Percent of what the models of a scenario can serve. */
  readonly load: number
  /** Empty: as today. */
  readonly policy: string
  readonly changes: readonly ModelChange[]
}

/** A model that can be changed, in whichever world is asked about. */
export interface KnownModel {
  readonly id: string
  readonly max_concurrent: number
  readonly target_utilization: number
}

const MINUTE_MS = 60_000

export const WINDOWS = [
  { value: 15 * MINUTE_MS, text: '15 min' },
  { value: 60 * MINUTE_MS, text: '1 h' },
  { value: 360 * MINUTE_MS, text: '6 h' },
  { value: 1440 * MINUTE_MS, text: '24 h' },
] as const

export const question = signal<Question>({
  source: 'recorded',
  windowMs: WINDOWS[0].value,
  scenario: 'unequal_models',
  load: 90,
  policy: '',
  changes: [],
})

let lastKey = 0

export function ask(changes: Partial<Question>): void {
  question.value = { ...question.peek(), ...changes }
}

export function addChange(model: string): void {
  const change: ModelChange = { key: ++lastKey, model, kind: 'limits', maxConcurrent: '', target: '' }
  ask({ changes: [...question.peek().changes, change] })
}

export function editChange(key: number, edit: Partial<ModelChange>): void {
  ask({ changes: question.peek().changes.map((one) => (one.key === key ? { ...one, ...edit } : one)) })
}

export function dropChange(key: number): void {
  ask({ changes: question.peek().changes.filter((one) => one.key !== key) })
}

/** What is sent for it. */
export function bodyOf(asked: Question, takesLoad: boolean, nowMs: number): object {
  const { source, windowMs, scenario, load, policy, changes } = asked
  const traffic =
    source === 'recorded'
      ? { from: new Date(nowMs - windowMs).toISOString(), to: new Date(nowMs).toISOString() }
      : { scenario, ...(takesLoad ? { load: load / 100 } : {}) }
  return {
    ...traffic,
    changes: {
      ...(policy === '' ? {} : { policy }),
      models: changes.map(changeOf),
    },
  }
}

function changeOf({ key, model, kind, maxConcurrent, target }: ModelChange): object {
  if (kind === 'remove') return { id: model, remove: true }
  const limits = {
    ...(maxConcurrent === '' ? {} : { max_concurrent: Number(maxConcurrent) }),
    ...(target === '' ? {} : { target_utilization: Number(target) / 100 }),
  }
  // Ids of new models are theirs alone, whatever else is added.
  return kind === 'add' ? { id: `${model}-new-${key}`, like: model, ...limits } : { id: model, ...limits }
}
