import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { getJson } from '../../server/test/processes.js'
import { CHROMIUM, PATIENCE_MS, SLOW, useBrowser } from './browser.js'
import { FOUR_AGENTS, useLiveFleet } from './live-fleet.js'

interface Assignments {
  readonly assignments: readonly {
    readonly agent_id: string
    readonly model_id: string
    readonly method: string
  }[]
}

describe.skipIf(CHROMIUM === undefined)('assignments', SLOW, () => {
  const browser = useBrowser()
  const live = useLiveFleet(5)

  /** Who is assigned to what, and how, in the order of the agents. */
  const stored = async () => {
    const { assignments } = await getJson<Assignments>(
      `${live.current.url}/api/v1/model-router/assignments?status=active`,
    )
    return assignments
      .map(({ agent_id, model_id, method }) => ({ agent_id, model_id, method }))
      .toSorted((a, b) => a.agent_id.localeCompare(b.agent_id))
  }

  it('are previewed without being changed, then applied, and marked in the matrix', async () => {
    const { page, faults } = await browser.visit(`${live.current.url}/assignments`)
    await page.locator('.matrix-cell').nth(11).waitFor()
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('Proved optimal: no other assignment is worth more.').waitFor()
    expect(await stored()).toEqual([])
    await apply(page)
    await page.getByText(/^4 agents assigned/).waitFor()
    const after = await stored()
    expect(after.map(({ agent_id, method }) => [agent_id, method])).toEqual(
      FOUR_AGENTS.toSorted().map((id) => [id, 'optimal']),
    )
    for (const { agent_id, model_id } of after) {
      await page.locator(`.is-assigned[data-agent="${agent_id}"][data-model="${model_id}"]`).waitFor()
    }
    expect(faults).toEqual([])
  })

  it('are overridden by hand, stay so in the next run, and are freed again', async () => {
    const { page } = await browser.visit(`${live.current.url}/assignments`)
    const cell = page.locator('.matrix-cell[data-agent="coder"][data-model="comet"]')
    await cell.click()
    const dialog = page.getByRole('dialog', { name: 'coder with comet' })
    await dialog.getByLabel('Note').fill('while atlas is away')
    await dialog.getByRole('button', { name: 'Assign by hand' }).click()
    await page.locator('.is-pinned[data-agent="coder"][data-model="comet"]').waitFor()
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText('Total score').waitFor()
    const button = page.getByRole('button', { name: /^(Apply…|Nothing to change)$/ })
    if (await button.isEnabled()) await apply(page)
    expect((await stored()).find(({ agent_id }) => agent_id === 'coder')).toMatchObject({
      model_id: 'comet',
      method: 'manual',
    })
    await cell.click()
    await dialog.getByRole('button', { name: 'Free coder' }).click()
    await page.locator('.matrix-cell.is-pinned').waitFor({ state: 'detached' })
    expect((await stored()).map(({ agent_id }) => agent_id)).not.toContain('coder')
  })

  it('of the last run are taken back', async () => {
    const { page } = await browser.visit(`${live.current.url}/assignments`)
    const before = await stored()
    await page.getByRole('button', { name: 'Greedy' }).click()
    await page.getByRole('button', { name: 'Preview' }).click()
    await apply(page)
    await page.getByText(/^\d agents assigned/).waitFor()
    expect((await stored()).every(({ method }) => method === 'greedy')).toBe(true)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
    await page.getByText(/assignments? stand again/).waitFor()
    await expect.poll(stored, { timeout: PATIENCE_MS }).toEqual(before)
  })

  it('are gone through by the arrow keys', async () => {
    const { page } = await browser.visit(`${live.current.url}/assignments`)
    await page.locator('[data-cell="0 0"]').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await expect
      .poll(() => page.evaluate('document.activeElement?.dataset.cell'), { timeout: PATIENCE_MS })
      .toBe('1 1')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
  })
})

async function apply(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Apply…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click()
}
