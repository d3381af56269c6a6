import { effect, signal } from '@preact/signals'
import { get, post, remove, segment } from '../api/request'
import type { ScenarioView, SimulationView } from '../api/views'
import { resource } from '../live/loadable'
import { latestSimulation } from '../live/simulations'

const PATH = '/api/v1/simulations'

type Run =
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'going'; readonly id: string; readonly progress: number }
  | { readonly kind: 'done'; readonly simulation: SimulationView }

export const run = signal<Run>({ kind: 'none' })
export const scenarios = resource(async () => {
  const answer = await get<{ scenarios: readonly ScenarioView[] }>(`${PATH}/scenarios`)
  return answer.scenarios
})
/** Those of late, without their results. */
export const earlier = resource(async () => {
  const answer = await get<{ simulations: readonly SimulationView[] }>(PATH)
  return answer.simulations
})

interface Answer {
  readonly simulation: SimulationView
}

/** @throws {RequestError} for what the server does not take. */
export async function start(body: object): Promise<void> {
  const { simulation } = await post<Answer>(PATH, body)
  show(simulation)
  // It may have ended before its progress was listened for.
  await open(simulation.id)
  await earlier.load()
}

export async function open(id: string): Promise<void> {
  try {
    const { simulation } = await get<Answer>(`${PATH}/${segment(id)}`)
    show(simulation)
  } catch (error) {
    run.value = { kind: 'failed', error }
  }
}

export async function cancel(id: string): Promise<void> {
  await remove(`${PATH}/${segment(id)}`)
  run.value = { kind: 'none' }
  await earlier.load()
}

/** Follows the run that is shown by what the stream says of it. */
export function followRun(): () => void {
  return effect(() => {
    const latest = latestSimulation.value
    const shown = run.peek()
    if (latest === null || shown.kind !== 'going' || latest.id !== shown.id) return
    if (latest.status === 'queued' || latest.status === 'running') {
      run.value = { ...shown, progress: latest.progress }
      return
    }
    void open(latest.id).then(() => earlier.load())
  })
}

function show(simulation: SimulationView): void {
  const { id, status, progress, error } = simulation
  switch (status) {
    case 'queued':
    case 'running':
      run.value = { kind: 'going', id, progress }
      return
    case 'done':
      run.value = { kind: 'done', simulation }
      return
    case 'failed':
      run.value = { kind: 'failed', error: new Error(error?.message ?? 'It failed.') }
      return
    case 'cancelled':
      run.value = { kind: 'none' }
  }
}
