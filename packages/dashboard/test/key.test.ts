import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, SLOW, useBrowser } from './browser.js'
import { startLiveFleet, THREE_MODELS, threeModelYaml, type LiveFleet } from './live-fleet.js'

const KEY = 'sk-board-0123456789abcdef'
const KEYS = `
auth:
  keys:
    - { id: board, key: '\${BOARD_KEY}', role: viewer }
`

describe.skipIf(CHROMIUM === undefined)('a server that asks for keys', SLOW, () => {
  const browser = useBrowser()
  let live: LiveFleet

  beforeAll(async () => {
    process.env['BOARD_KEY'] = KEY
    live = await startLiveFleet({
      yaml: (fleet) => threeModelYaml(fleet, KEYS),
      models: THREE_MODELS,
      agents: [],
      requestsPerSecond: 0.1,
    })
  })
  afterAll(async () => {
    Reflect.deleteProperty(process.env, 'BOARD_KEY')
    await live.end()
  })

  it('asks for the key, keeps it in the session of the tab only, and survives that it is taken no more', async () => {
    const { page } = await browser.visit(live.url)
    const dialog = page.getByRole('dialog', { name: 'Your key' })
    await dialog.getByLabel('Key').fill('sk-wrong-0123456789abcdef')
    await dialog.getByRole('button', { name: 'Use this key' }).click()
    await dialog.getByText('The server did not take the key').waitFor()
    await dialog.getByLabel('Key').fill(KEY)
    await dialog.getByRole('button', { name: 'Use this key' }).click()
    await page.locator('[data-connection=live]').waitFor()
    await page.getByRole('table', { name: 'Models and their load' }).waitFor()
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain(KEY)
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).toContain(KEY)

    // A reload goes on with it; another tab has to be told.
    await page.reload({ waitUntil: 'commit' })
    await page.locator('[data-connection=live]').waitFor()
    const other = await browser.visit(live.url)
    await other.page.getByRole('dialog', { name: 'Your key' }).waitFor()

    // The key expires: the server is started anew without it.
    process.env['BOARD_KEY'] = 'sk-other-0123456789abcdef'
    await live.stopServer()
    await live.startServer()
    await dialog.getByText('The server did not take the key').waitFor()
    await dialog.getByLabel('Key').fill('sk-other-0123456789abcdef')
    await dialog.getByRole('button', { name: 'Use this key' }).click()
    await page.locator('[data-connection=live]').waitFor()
    await page.locator('[data-model="atlas"]').waitFor()
  })

  it('says that a viewer may look and not touch', async () => {
    const { page } = await browser.visit(`${live.url}/catalog?model=atlas`)
    const dialog = page.getByRole('dialog', { name: 'Your key' })
    await dialog.getByLabel('Key').fill(process.env['BOARD_KEY'] ?? '')
    await dialog.getByRole('button', { name: 'Use this key' }).click()
    const drawer = page.getByRole('dialog', { name: 'atlas' })
    await drawer.getByLabel('At once').fill('5')
    await drawer.getByRole('button', { name: 'Apply' }).click()
    await drawer
      .getByRole('alert')
      .getByText(/needs a key of role admin/)
      .waitFor()
  })
})
