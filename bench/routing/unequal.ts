import { type Scenario, scenarios } from '@loadstar/core'
import { drawnFleet, sevenModels } from './fleets.js'
import { loadHighs } from './highs.js'
import type { Answer, Question, Setting } from './question.js'
import { against, valueTable } from './value-table.js'
import { type ValueRow, valueRows } from './value.js'

const LOADS = [0.5, 0.7, 0.85, 0.95]
/** Points of 100 that a second is worth. */
const TIME_VALUES = [0.5, 1, 2]
const DURATION_MS = 15 * 60_000
const RIVALS = ['weighted_load 0.3', 'weighted_load 1']

export const unequal: Question = {
  name: 'unequal',
  question:
    'value (quality − time value × seconds) on five unequal models, as a share of the certified fluid bound',
  ask: (setting) => asked(setting, scenarios.unequalModels, LOADS, TIME_VALUES),
}

export const seven: Question = {
  name: 'seven',
  question: 'the same on seven other models with other speeds, scores and slots',
  ask: (setting) => asked(setting, sevenModels, LOADS, [1]),
}

export const fleets: Question = {
  name: 'fleets',
  question: 'the same on fleets drawn from seeds, on which nothing was tuned; min and max are over fleets',
  async ask({ seeds, scale }) {
    const highs = await loadHighs()
    const rows: ValueRow[] = []
    for (const load of [0.7, 0.85, 0.95]) {
      // Two fleets per seed: they differ more than sample paths do.
      for (const seed of seeds.flatMap((each) => [2 * each - 1, 2 * each])) {
        const scenario = drawnFleet(seed, load, scale * DURATION_MS)
        rows.push(...valueRows({ scenario, load, seed, timeValues: [1], highs }))
      }
    }
    return { text: textOf(rows), rows }
  },
}

async function asked(
  { seeds, scale }: Setting,
  scenarioAt: (load: number, durationMs: number) => Scenario,
  loads: readonly number[],
  timeValues: readonly number[],
): Promise<Answer> {
  const highs = await loadHighs()
  const rows: ValueRow[] = []
  for (const load of loads) {
    for (const seed of seeds) {
      rows.push(
        ...valueRows({ scenario: scenarioAt(load, scale * DURATION_MS), load, seed, timeValues, highs }),
      )
    }
  }
  return { text: textOf(rows), rows }
}

function textOf(rows: readonly ValueRow[]): string {
  const timeValues = [...new Set(rows.map(({ timeValue }) => timeValue))]
  return timeValues
    .map((timeValue) => {
      const these = rows.filter((row) => row.timeValue === timeValue)
      const comparisons = RIVALS.map((rival) => `- ${against(these, rival, 0.85)}`)
      return `A second is worth ${timeValue} points:\n\n${valueTable(these)}\n\n${comparisons.join('\n')}\n`
    })
    .join('\n')
}
