import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getJson } from '../../server/test/processes.js'
import { CHROMIUM, SLOW, useBrowser } from './browser.js'
import { startLiveFleet, threeModelYaml, THREE_MODELS, type LiveFleet } from './live-fleet.js'

/** Answers take longer than is allowed, so each model is soon worth an alert, and then a critical one. */
const ALERTS = `
alerts:
  window_ms: 10000
  min_samples: 5
  latency: { warning_ms: 1, error_ms: 2, critical_ms: 3 }`

describe.skipIf(CHROMIUM === undefined)('alerts', SLOW, () => {
  const browser = useBrowser()
  let live: LiveFleet

  beforeAll(async () => {
    live = await startLiveFleet({
      yaml: (fleet) => threeModelYaml(fleet, ALERTS),
      models: THREE_MODELS,
      agents: ['coder'],
      requestsPerSecond: 0.2,
    })
  })
  afterAll(() => live.end())

  it('appear when something goes wrong, on every page and in the tab, and are acknowledged', async () => {
    const { page, faults } = await browser.visit(live.url)
    await page.getByRole('region', { name: 'Active alerts' }).getByText('nothing is wrong').waitFor()
    await askManyTimes(live.url)
    await page.getByRole('alert').getByText('Critical').first().waitFor()
    await expect.poll(() => page.title(), { timeout: 30_000 }).toMatch(/^\(\d+\) Overview/)
    await page.getByRole('link', { name: 'To the alerts' }).first().click()
    const active = page.getByRole('region', { name: 'Active', exact: true })
    const alert = active.locator('[data-alert]').first()
    await alert.getByText('High latency').waitFor()
    const id = await alert.getAttribute('data-alert')
    await alert.getByRole('button', { name: 'Acknowledge' }).click()
    await active
      .locator(`[data-alert="${id}"]`)
      .getByText(/^seen by dashboard/)
      .waitFor()
    const { alerts } = await getJson<{ alerts: readonly { readonly id: string }[] }>(
      `${live.url}/api/v1/model-router/alerts/active`,
    )
    expect(alerts.find((one) => one.id === id)).toMatchObject({ acknowledged_by: 'dashboard' })
    expect(faults).toEqual([])
  })
})

async function askManyTimes(url: string): Promise<void> {
  const ask = async () => {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-agent-id': 'coder' },
      body: JSON.stringify({ model: 'atlas', messages: [{ role: 'user', content: 'hi' }] }),
    })
    await answer.arrayBuffer()
  }
  await Promise.all(Array.from({ length: 20 }, ask))
}
