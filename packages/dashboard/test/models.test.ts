import { describe, expect, it } from 'vitest'
import { getJson } from '../../server/test/processes.js'
import { CHROMIUM, PATIENCE_MS, SLOW, useBrowser } from './browser.js'
import { useLiveFleet } from './live-fleet.js'

interface Stats {
  readonly active: number
  readonly served: number
}

describe.skipIf(CHROMIUM === undefined)('models and agents', SLOW, () => {
  const browser = useBrowser()
  const live = useLiveFleet(20)

  /** What the model itself says. */
  const statsOf = (id: string) => {
    const model = live.current.fleet.models.find((one) => one.id === id)
    return getJson<Stats>(`${model?.url}/stats`)
  }

  it('drain a model: nothing new comes to it, the others serve on, and it comes back', async () => {
    const { page, faults } = await browser.visit(`${live.current.url}/catalog?model=atlas`)
    const drawer = page.getByRole('dialog', { name: 'atlas' })
    await drawer.getByRole('button', { name: 'Take out of service' }).click()
    const question = page.getByRole('dialog', { name: /Take “atlas” out of service/ })
    await question.getByRole('button', { name: 'Take out of service' }).click()
    await drawer.getByText(/^(draining, \d+ left|out of service)$/).waitFor()
    await drawer.getByText('out of service', { exact: true }).waitFor()
    await expect.poll(async () => (await statsOf('atlas')).active, { timeout: PATIENCE_MS }).toBe(0)
    const atlas = await statsOf('atlas')
    const breeze = await statsOf('breeze')
    await expect
      .poll(async () => (await statsOf('breeze')).served, { timeout: PATIENCE_MS })
      .toBeGreaterThan(breeze.served + 20)
    expect((await statsOf('atlas')).served).toBe(atlas.served)
    await drawer.getByRole('button', { name: 'Put back into service' }).click()
    await expect
      .poll(async () => (await statsOf('atlas')).served, { timeout: PATIENCE_MS })
      .toBeGreaterThan(atlas.served)
    expect(faults).toEqual([])
  })

  it('change a limit live, show what it does first, and give it back to the definition', async () => {
    const { page } = await browser.visit(`${live.current.url}/catalog?model=comet`)
    const drawer = page.getByRole('dialog', { name: 'comet' })
    await drawer.getByLabel('At once').fill('5')
    await drawer.getByText(/^With these limits: /).waitFor()
    await drawer.getByRole('button', { name: 'Apply' }).click()
    await drawer.getByText(/\d+ \/ 5$/).waitFor()
    expect(await getJson(`${live.current.url}/api/v1/model-router/models/comet`)).toMatchObject({
      model: { max_concurrent: 5 },
    })
    await drawer.getByRole('button', { name: 'Back to the definition' }).click()
    await drawer.getByText(/\d+ \/ 32$/).waitFor()
  })

  it('try whether a model answers', async () => {
    const { page } = await browser.visit(`${live.current.url}/catalog?model=breeze`)
    const drawer = page.getByRole('dialog', { name: 'breeze' })
    await drawer.getByRole('button', { name: 'Test connection' }).click()
    await drawer.getByText(/^It answers, in /).waitFor()
  })

  it('add a model and an agent, say what is wrong at its field, and delete them after asking', async () => {
    const base = live.current.fleet.models[0]?.base_url ?? ''
    const { page } = await browser.visit(`${live.current.url}/catalog`)
    await page.getByRole('button', { name: 'Add model' }).click()
    const adding = page.getByRole('dialog', { name: 'Add a model' })
    await adding.getByLabel('Id', { exact: true }).fill('dune')
    await adding.getByLabel('Base URL').fill(base)
    await adding.getByLabel('Public name').fill('not a name!')
    await adding.getByRole('button', { name: 'Add' }).click()
    await adding.locator('[aria-invalid=true]').waitFor()
    await adding.getByLabel('Public name').fill('chat')
    await adding.getByRole('button', { name: 'Add' }).click()
    const drawer = page.getByRole('dialog', { name: 'dune' })
    await drawer.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog', { name: 'Delete “dune”?' }).getByRole('button', { name: 'Delete' }).click()
    await page.getByText('“dune” is deleted.').waitFor()
    await page.getByRole('button', { name: 'Agents', exact: true }).click()
    await page.getByRole('button', { name: 'Add agent' }).click()
    const agent = page.getByRole('dialog', { name: 'Add an agent' })
    await agent.getByLabel('Id', { exact: true }).fill('scout')
    await agent.getByLabel('Reasoning').selectOption('needed')
    await agent.getByRole('button', { name: 'Add' }).click()
    await page.locator('[data-agent="scout"]').waitFor()
    expect(await getJson(`${live.current.url}/api/v1/model-router/agents/scout`)).toMatchObject({
      agent: { capabilities: ['reasoning'], status: 'online' },
    })
  })
})
