import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { CHROMIUM, PATIENCE_MS, SLOW, useBrowser } from './browser.js'
import { useLiveFleet } from './live-fleet.js'

describe.skipIf(CHROMIUM === undefined)('the decisions', SLOW, () => {
  const browser = useBrowser()
  const live = useLiveFleet(20)

  it('come as requests end, hold still while paused, and go on', async () => {
    const { page, faults } = await browser.visit(`${live.current.url}/decisions`)
    const table = page.getByRole('table', { name: 'Requests that ended, the latest first' })
    await table.getByRole('row').nth(5).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    const held = await table.getByRole('row').nth(1).innerText()
    await page.getByRole('button', { name: /new ones?$/ }).waitFor()
    expect(await table.getByRole('row').nth(1).innerText()).toBe(held)
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect
      .poll(() => table.getByRole('row').nth(1).innerText(), { timeout: PATIENCE_MS })
      .not.toBe(held)
    expect(faults).toEqual([])
  })

  it('are filtered by agent and model, also what comes later, and the address keeps the filter', async () => {
    const { page } = await browser.visit(`${live.current.url}/decisions`)
    const rows = page.locator('.decision-grid.row')
    await rows.first().waitFor()
    await page.getByLabel('Agent', { exact: true }).selectOption('coder')
    await expect.poll(() => agentsOf(page), { timeout: PATIENCE_MS }).toEqual(['coder'])
    expect(page.url()).toContain('agent=coder')
    const before = await rows.first().innerText()
    await expect.poll(() => rows.first().innerText(), { timeout: PATIENCE_MS }).not.toBe(before)
    expect(await agentsOf(page)).toEqual(['coder'])
  })

  it('tell of one its candidates, what each was worth, and where its time went', async () => {
    const { page, faults } = await browser.visit(`${live.current.url}/decisions`)
    await page.locator('.decision-grid.row').nth(3).click()
    const drawer = page.getByRole('dialog', { name: 'Why this model' })
    await drawer.getByText('chosen').waitFor()
    const candidates = drawer.getByRole('region', { name: 'Candidates' }).getByRole('listitem')
    expect(await candidates.count()).toBe(live.current.fleet.models.length)
    await drawer
      .getByRole('img', { name: /^score [\d.]+: worth/ })
      .first()
      .waitFor()
    await drawer.getByRole('img', { name: /Queue .*First byte .*Answer / }).waitFor()
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    expect(new URL(page.url()).pathname).toBe('/decisions')
    expect(faults).toEqual([])
  })
})

/** The agents that the rows name, each once. Not by `innerText`: that of a row which has just gone is another text. */
async function agentsOf(page: Page): Promise<string[]> {
  return [...new Set(await page.locator('.decision-grid.row > :nth-child(2)').allTextContents())]
}
