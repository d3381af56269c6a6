// Pictures for docs/dashboard: every page of a real demo that has run for a while. `--minutes 15` is how long; `--url`
// names one that runs already, `--only overview` takes the pictures of one page.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const OUTPUT = join(ROOT, 'docs/dashboard')
const SERVER = join(ROOT, 'packages/server/bin/loadstar.js')
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
const MINUTE_MS = 60_000
/** Long enough for figures and charts to have come. */
const SETTLED_MS = 4_000

const DESK = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }

/** Where each picture is taken, and what is done before. */
const PICTURES = [
  { name: 'overview', path: '/' },
  { name: 'assignments', path: '/assignments', act: preview },
  { name: 'decisions', path: '/decisions' },
  { name: 'decision', path: '/decisions', act: openDecision },
  { name: 'models', path: '/catalog' },
  { name: 'model', path: '/catalog?model=atlas-70b' },
  { name: 'what-if', path: '/what-if', act: simulate },
  { name: 'alerts', path: '/alerts' },
]
const LOOKS = [
  { suffix: '', viewport: DESK, colorScheme: 'light', names: PICTURES.map(({ name }) => name) },
  { suffix: '-dark', viewport: DESK, colorScheme: 'dark', names: ['overview', 'assignments', 'decision'] },
  { suffix: '-phone', viewport: PHONE, colorScheme: 'light', names: ['overview', 'decisions', 'alerts'] },
]

if (CHROMIUM === undefined) throw new Error('chromium is not installed; to have it: apt-get install chromium')
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '15' }, url: { type: 'string' }, only: { type: 'string' } },
})
if (values.url === undefined) await takeOfDemo(Number(values.minutes) * MINUTE_MS)
else await takeAll(values.url)

async function takeOfDemo(runMs) {
  const folder = mkdtempSync(join(tmpdir(), 'loadstar-pictures-'))
  const port = await freePort()
  const args = [SERVER, 'demo', '--port', String(port), '--rate', '18']
  const demo = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' })
  try {
    await wait(runMs)
    await takeAll(`http://127.0.0.1:${port}`)
  } finally {
    demo.kill('SIGTERM')
    await once(demo, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function takeAll(url) {
  mkdirSync(OUTPUT, { recursive: true })
  await assign(url)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS })
  for (const { suffix, viewport, colorScheme, names } of LOOKS) {
    const context = await browser.newContext({
      viewport,
      colorScheme,
      deviceScaleFactor: 1.5,
      timezoneId: 'UTC',
    })
    context.setDefaultTimeout(MINUTE_MS)
    for (const { name, path, act } of PICTURES.filter((picture) => isWanted(picture.name, names))) {
      const page = await context.newPage()
      await page.goto(`${url}${path}`, { waitUntil: 'commit' })
      await page.locator('[data-connection=live]').waitFor()
      await wait(SETTLED_MS)
      await act?.(page)
      await page.screenshot({ path: join(OUTPUT, `${name}${suffix}.png`) })
      console.log(`${name}${suffix}.png`)
      await page.close()
    }
    await context.close()
  }
  await browser.close()
}

function isWanted(name, names) {
  return names.includes(name) && (values.only === undefined || values.only === name)
}

/** Agents work with models of a strategy, and one with a model that was chosen by hand. */
async function assign(url) {
  const post = (path, body) =>
    fetch(`${url}/api/v1/model-router/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post('auto-assign-all', { strategy: 'greedy' })
  await post('assignments', { agent_id: 'greeter', model_id: 'comet-1b', notes: 'answers at once' })
}

async function preview(page) {
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByText('Total score').waitFor()
  await wait(SETTLED_MS / 4)
}

async function openDecision(page) {
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.locator('.decision-grid.row').nth(2).click()
  await page.getByRole('dialog').getByText('chosen').waitFor()
  await wait(SETTLED_MS / 4)
}

async function simulate(page) {
  await page.getByRole('button', { name: 'Change a model' }).click()
  await page.getByLabel('At once').fill('18')
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByRole('row', { name: /^Latency, P95/ }).waitFor()
  await wait(SETTLED_MS / 4)
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address()
  server.close()
  await once(server, 'close')
  return free
}
