import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { installed } from '../../server/test/installed.js'

/** Where the browser is; the tests that need it are skipped where it is missing. */
export const CHROMIUM = installed('chromium', 'chromium', ['/usr/bin'])

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']

/** On a machine that others use, too, a browser may take long for what is nothing to it otherwise. */
export const PATIENCE_MS = 90_000
/** For `it`. */
export const SLOW = { timeout: 3 * PATIENCE_MS }

type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>

/** A page, and what went wrong on it. */
interface Visit {
  readonly page: Page
  /** What the page wrote to the console as an error, what it threw, and what its policy refused. */
  readonly faults: readonly string[]
}

/** One browser for the tests of a file; each visit has a session of its own. */
export function useBrowser(): { visit(url: string, options?: ContextOptions): Promise<Visit> } {
  let browser: Browser
  const contexts: BrowserContext[] = []
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ARGS })
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
  })
  afterAll(async () => {
    await browser.close()
  })
  return {
    async visit(url, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options })
      contexts.push(context)
      context.setDefaultTimeout(PATIENCE_MS)
      const page = await context.newPage()
      const faults: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text())
      })
      page.on('pageerror', ({ message }) => faults.push(message))
      await page.goto(url, { waitUntil: 'commit' })
      return { page, faults }
    },
  }
}
