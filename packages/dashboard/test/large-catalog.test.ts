import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'
import { CHROMIUM, SLOW, useBrowser } from './browser.js'
import { startLiveFleet, THREE_MODELS, type LiveFleet } from './live-fleet.js'

const SIZE = 1000
const LONGEST_TASK_MS = 200
const WATCHED_MS = 10_000

const numbered = (name: string) => Array.from({ length: SIZE }, (_, i) => `${name}-${i}`)

describe.skipIf(CHROMIUM === undefined)(`${SIZE} models and ${SIZE} agents`, SLOW, () => {
  const browser = useBrowser()
  let live: LiveFleet

  beforeAll(async () => {
    live = await startLiveFleet({
      models: THREE_MODELS,
      // Each model has few slots, so that requests go to many of them.
      yaml: ({ models }) => `
models:
${numbered('model')
  .map((id, i) => {
    const backend = models[i % models.length]
    return `  - { id: ${id}, base_url: '${backend?.base_url}', upstream_model: ${backend?.id}, max_concurrent: 1, capabilities: { coding: 0.${(i % 9) + 1} } }`
  })
  .join('\n')}
agents:
${numbered('agent')
  .map((id) => `  - { id: ${id}, capabilities: [coding] }`)
  .join('\n')}`,
      agents: numbered('agent'),
      requestsPerSecond: 20,
    })
  })
  afterAll(() => live.end())

  it.each([
    ['the overview', '/', '[data-model="model-0"]'],
    ['the assignments', '/assignments', '.matrix-cell'],
    ['the catalog', '/catalog', '[data-model="model-0"]'],
    ['the decisions', '/decisions', '.decision-grid.row'],
  ])(`leave ${'%s'} smooth at four updates a second`, async (_name, path, whole) => {
    const { page } = await browser.visit(live.url)
    await page.evaluate('localStorage.setItem("loadstar.pace", "250")')
    await page.goto(`${live.url}${path}`, { waitUntil: 'commit' })
    await page.locator(whole).first().waitFor()
    // Only what is in sight exists.
    expect(await page.evaluate<number>('document.querySelectorAll("*").length')).toBeLessThan(2500)
    const tasks = await tasksWhile(page.context().browser(), async () => {
      await page.waitForTimeout(WATCHED_MS / 2)
      await page.locator('.rows, .matrix').first().hover()
      for (let i = 0; i < 10; i++) {
        await page.mouse.wheel(0, 900)
        await page.waitForTimeout(WATCHED_MS / 20)
      }
    })
    expect(tasks.length).toBeGreaterThan(100)
    expect(Math.max(...tasks)).toBeLessThan(LONGEST_TASK_MS)
  })
})

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of CPU. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** CPU milliseconds of each task of the page's main thread: what others take of the machine is not the page's fault. */
async function tasksWhile(browser: Browser | null, run: () => Promise<void>): Promise<readonly number[]> {
  if (browser === null) throw new Error('the page has no browser')
  await browser.startTracing(undefined, { categories: ['toplevel', '__metadata'] })
  await run()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly TraceEvent[]
  }
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  return traceEvents
    .filter(({ pid, tid, tdur }) => tdur !== undefined && main.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
}
