import { describe, expect, it } from 'vitest'
import { CHROMIUM, SLOW, useBrowser } from './browser.js'
import { useLiveFleet } from './live-fleet.js'

describe.skipIf(CHROMIUM === undefined)('the overview', SLOW, () => {
  const browser = useBrowser()
  const live = useLiveFleet(20)

  it('shows every model with its load, the flow of requests, and figures that follow the stream', async () => {
    const { page, faults } = await browser.visit(live.current.url)
    const rows = page.getByRole('table', { name: 'Models and their load' })
    for (const { id } of live.current.fleet.models) {
      await rows.locator(`[data-model="${id}"] [role=meter]`).waitFor()
    }
    const requests = page.getByRole('region', { name: 'Requests' })
    await requests.getByText(/^[1-9][\d.]*\/s$/).waitFor()
    await page.getByRole('img', { name: /Requests of the last minute: .*coder to / }).waitFor()
    await page.getByRole('img', { name: /Latency percentiles over time, latest: P50 \d/ }).waitFor()
    // On a slow machine an alert may be active, and is counted there.
    expect(await page.title()).toMatch(/^(\(\d+\) )?Overview · Loadstar$/)
    expect(faults).toEqual([])
  })

  it('says that the connection is cut when the server stops, and goes on by itself when it is back', async () => {
    const { page } = await browser.visit(live.current.url)
    const pill = page.locator('[data-connection]')
    await page.getByRole('table', { name: 'Models and their load' }).waitFor()
    await live.current.stopServer()
    await page.getByText('The connection to the server is cut').waitFor()
    expect(await pill.getAttribute('data-connection')).not.toBe('live')
    // What was known stays to be read.
    expect(await page.locator('[data-model="atlas"]').count()).toBe(1)
    await live.current.startServer()
    await page.locator('[data-connection=live]').waitFor()
    await page.getByText('The connection to the server is cut').waitFor({ state: 'detached' })
    await page
      .getByRole('region', { name: 'Requests' })
      .getByText(/^[1-9][\d.]*\/s$/)
      .waitFor()
  })

  it('zooms into a span that is dragged over, and back', async () => {
    const { page } = await browser.visit(live.current.url)
    const plot = page.getByRole('img', { name: /^Latency percentiles over time/ }).locator('.u-over')
    await plot.waitFor()
    const box = await plot.boundingBox()
    if (box === null) throw new Error('the chart is not on the screen')
    const y = box.y + box.height / 2
    await page.mouse.move(box.x + box.width * 0.4, y)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 5 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Whole range' }).click()
    await page.getByRole('button', { name: 'Whole range' }).waitFor({ state: 'detached' })
  })
})
