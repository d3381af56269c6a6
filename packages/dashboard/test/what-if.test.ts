import { describe, expect, it } from 'vitest'
import { CHROMIUM, SLOW, useBrowser } from './browser.js'
import { useLiveFleet } from './live-fleet.js'

describe.skipIf(CHROMIUM === undefined)('what-if', SLOW, () => {
  const browser = useBrowser()
  const live = useLiveFleet(20)

  it('runs a scenario under another policy and with another limit, and sets both sides beside one another', async () => {
    const { page, faults } = await browser.visit(`${live.current.url}/what-if`)
    await page.getByRole('button', { name: 'Scenario' }).click()
    await page.getByLabel('Scenario', { exact: true }).selectOption('unequal_models')
    await page.getByLabel('Policy afterwards').selectOption('random')
    await page.getByRole('button', { name: 'Change a model' }).click()
    const change = page.locator('.change')
    await change.getByLabel('At once').fill('3')
    const model = await change.getByLabel('Model').inputValue()
    await page.getByRole('button', { name: 'Run' }).click()
    const table = page.getByRole('region', { name: 'Before and after' }).getByRole('table')
    await table.getByRole('row', { name: /^Latency, P95/ }).waitFor()
    await table.getByText('random').waitFor()
    await page.locator(`[data-compared="${model}"]`).getByText(/→ 3$/).waitFor()
    expect(faults).toEqual([])
  })

  it('runs what was recorded, and without one of the models', async () => {
    const { page } = await browser.visit(`${live.current.url}/what-if`)
    await page.getByRole('button', { name: 'Change a model' }).click()
    const change = page.locator('.change')
    await change.getByLabel('Change', { exact: true }).selectOption('remove')
    const model = await change.getByLabel('Model').inputValue()
    await page.getByRole('button', { name: 'Run' }).click()
    await page
      .locator(`[data-compared="${model}"]`)
      .getByText(/→ gone$/)
      .waitFor()
    await page.getByRole('button', { name: 'Show' }).first().waitFor()
  })

  it('tells what the server does not take', async () => {
    const { page } = await browser.visit(`${live.current.url}/what-if`)
    await page.getByRole('button', { name: 'Change a model' }).click()
    await page.getByRole('button', { name: 'Change a model' }).click()
    for (const index of [0, 1]) {
      await page.locator('.change').nth(index).getByLabel('Change', { exact: true }).selectOption('remove')
    }
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('alert').waitFor()
  })
})
