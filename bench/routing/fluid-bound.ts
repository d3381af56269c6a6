import { type Scenario, type SimulatedModel, serviceMs, type TaskClass, Workload } from '@loadstar/core'
import type { Highs } from './highs.js'

/** Traffic as a fluid: so much of each class per second, each taking its mean time at each model. */
interface Fluid {
  /** Requests per second, by class. */
  readonly rates: readonly number[]
  /** Points and seconds of each class (row) at each model (column); -Infinity points where it may not be served. */
  readonly quality: readonly (readonly number[])[]
  readonly seconds: readonly (readonly number[])[]
  readonly slots: readonly number[]
}

/** The best there is for a fluid. */
export interface FluidBound {
  /** Value per request that comes. */
  readonly value: number
  /** By class and model: the share of the class's requests that the model is given. */
  readonly shares: readonly (readonly number[])[]
}

/** How far primal and dual may lie apart, as a share of the value. */
const TOLERANCE = 1e-6

/**
 * The most value per request (quality − `timeValue` × seconds) that any router could have got from the requests that came
 * after the warm-up, were there no waiting and no chance, and were nothing known of a request but its class: the linear
 * program max Σ x_kj (q_kj − γ s_kj) with Σ_j x_kj ≤ rate_k and Σ_k x_kj s_kj ≤ slots_j. Rates and mean seconds are
 * those of the very sample path.
 *
 * It is certified here, not trusted: whatever prices λ ≥ 0 of a slot's second the solver names, Σ_j λ_j slots_j + Σ_k
 * rate_k max(0, max_j (q_kj − (γ + λ_j) s_kj)) is above every router's value, by weak duality.
 *
 * @throws when the solver's allocation is not allowed, or its value is not that bound.
 */
export function fluidBound(scenario: Scenario, seed: number, timeValue: number, highs: Highs): FluidBound {
  const fluid = fluidOf(scenario, seed)
  const net = fluid.quality.map((row, k) =>
    row.map((points, j) => points - timeValue * (fluid.seconds[k]?.[j] as number)),
  )
  const { ObjectiveValue, Columns, Rows } = highs.solve(program(fluid, net))
  const priceOf = new Map(Rows.map(({ Name, Dual }) => [Name, Math.max(0, Dual)]))
  const given = net.map((row, k) => row.map((_, j) => Columns[`x${k}_${j}`]?.Primal ?? 0))
  const value = allowedValue(fluid, net, given)
  const bound = dualValue(
    fluid,
    net,
    fluid.slots.map((_, j) => priceOf.get(`m${j}`) ?? 0),
  )
  for (const other of [bound, ObjectiveValue]) {
    if (!(Math.abs(value - other) <= TOLERANCE * Math.max(1, Math.abs(bound)))) {
      throw new Error(`no certificate: the allocation is worth ${value}, the bound is ${other}`)
    }
  }
  return {
    value: bound / fluid.rates.reduce((sum, rate) => sum + rate, 0),
    shares: given.map((row, k) => row.map((rate) => rate / (fluid.rates[k] as number))),
  }
}

type Matrix = readonly (readonly number[])[]

/** What an allocation is worth, which must be one. */
function allowedValue({ rates, seconds, slots }: Fluid, net: Matrix, given: Matrix): number {
  let value = 0
  rates.forEach((rate, k) => {
    const row = given[k] as readonly number[]
    if (row.some((amount) => amount < -TOLERANCE)) throw new Error(`class ${k} is served less than nothing`)
    if (row.reduce((sum, amount) => sum + amount, 0) > rate * (1 + TOLERANCE)) {
      throw new Error(`class ${k} is served more than it comes`)
    }
    row.forEach((amount, j) => (value += amount === 0 ? 0 : amount * (net[k]?.[j] as number)))
  })
  slots.forEach((count, j) => {
    const used = rates.reduce((sum, _, k) => sum + (given[k]?.[j] as number) * (seconds[k]?.[j] as number), 0)
    if (used > count * (1 + TOLERANCE)) throw new Error(`model ${j} is given more than its slots`)
  })
  return value
}

function dualValue({ rates, seconds, slots }: Fluid, net: Matrix, prices: readonly number[]): number {
  const priced = (k: number, j: number) =>
    (net[k]?.[j] as number) - (prices[j] as number) * (seconds[k]?.[j] as number)
  const bestOf = (k: number) => Math.max(0, ...slots.map((_, j) => priced(k, j)))
  return (
    slots.reduce((sum, count, j) => sum + count * (prices[j] as number), 0) +
    rates.reduce((sum, rate, k) => sum + rate * bestOf(k), 0)
  )
}

/** What came after the warm-up, exactly. */
function fluidOf(scenario: Scenario, seed: number): Fluid {
  const { models, classes, warmUpMs = 0, durationMs } = scenario
  const counts = classes.map(() => 0)
  const sums = classes.map(() => models.map(() => 0))
  const workload = new Workload(scenario, seed)
  for (let arrival = workload.next(); arrival !== undefined; arrival = workload.next()) {
    if (arrival.atMs < warmUpMs) continue
    const k = arrival.classIndex
    const { id } = classes[k] as TaskClass
    counts[k] = (counts[k] as number) + 1
    const row = sums[k] as number[]
    models.forEach((model, j) => {
      row[j] = (row[j] as number) + serviceMs(model, model.slowness?.[id] ?? 1, arrival)
    })
  }
  return {
    rates: counts.map((count) => (1_000 * count) / (durationMs - warmUpMs)),
    quality: classes.map(({ candidates }) => models.map((model) => qualityAt(model, candidates))),
    seconds: sums.map((row, k) => row.map((sum) => sum / 1_000 / Math.max(1, counts[k] as number))),
    slots: models.map(({ maxConcurrent, targetUtilization }) =>
      Math.floor(targetUtilization * maxConcurrent + 1e-9),
    ),
  }
}

function qualityAt({ id }: SimulatedModel, candidates: TaskClass['candidates']): number {
  const candidate = candidates.find(({ modelId }) => modelId === id)
  return candidate?.quality ?? candidate?.score ?? -Infinity
}

/** Pairs worth nothing are left out: they would not be used. */
function program({ rates, seconds, slots }: Fluid, net: readonly (readonly number[])[]): string {
  const pairs = net.flatMap((row, k) => row.flatMap((points, j) => (points > 0 ? [[k, j] as const] : [])))
  const sum = (those: readonly (readonly [number, number])[], of: (k: number, j: number) => number) =>
    those.map(([k, j]) => `${of(k, j)} x${k}_${j}`).join(' + ')
  const limits = [
    ...rates.map((rate, k) => ({
      name: `c${k}`,
      those: pairs.filter(([c]) => c === k),
      most: rate,
      of: () => 1,
    })),
    ...slots.map((count, j) => ({
      name: `m${j}`,
      those: pairs.filter(([, m]) => m === j),
      most: count,
      of: (k: number) => seconds[k]?.[j] as number,
    })),
  ].filter(({ those }) => those.length > 0)
  const rows = limits.map(({ name, those, most, of }) => ` ${name}: ${sum(those, of)} <= ${most}`)
  return `Maximize\n obj: ${sum(pairs, (k, j) => net[k]?.[j] as number)}\nSubject To\n${rows.join('\n')}\nEnd\n`
}
