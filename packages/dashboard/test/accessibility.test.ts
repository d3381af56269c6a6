import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { CHROMIUM, SLOW, useBrowser } from './browser.js'
import { useLiveFleet } from './live-fleet.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Colours must not be measured half-way between two themes. */
const STILL = { colorScheme: 'light', reducedMotion: 'reduce' } as const

/** Where each page is, and what stands there once it is whole. */
const VIEWS = [
  ['overview', '/', '[data-model="atlas"]'],
  ['assignments', '/assignments', '.matrix-cell'],
  ['decisions', '/decisions', '.decision-grid.row'],
  ['models', '/catalog', '[data-model="atlas"]'],
  ['one model', '/catalog?model=atlas', 'dialog .quality'],
  ['a new model', '/catalog?new=model', 'dialog .strength'],
  ['agents', '/catalog?show=agents', '[data-agent="coder"]'],
  ['what-if', '/what-if', 'main form'],
  ['alerts', '/alerts', '.levels'],
] as const

describe.skipIf(CHROMIUM === undefined)('every page', SLOW, () => {
  const browser = useBrowser()
  const live = useLiveFleet(5)

  it.each(VIEWS)(
    'can be used with a screen reader, in either theme, and fits any width: %s',
    async (_name, path, whole) => {
      const { page, faults } = await browser.visit(`${live.current.url}${path}`, STILL)
      await page.locator(whole).first().waitFor()
      expect(await seriousFindings(page)).toEqual([])
      expect(await themeOf(page)).toBe('light')
      await page.emulateMedia({ colorScheme: 'dark' })
      await expect.poll(() => themeOf(page)).toBe('dark')
      expect(await seriousFindings(page)).toEqual([])
      for (const [width, height] of [
        [2560, 1200],
        [390, 844],
      ] as const) {
        await page.setViewportSize({ width, height })
        const loaded = whole === '.decision-grid.row' && width < 760 ? '.decision-card' : whole
        await page.locator(loaded).first().waitFor()
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
        expect(overflow, `${width} wide`).toBeLessThanOrEqual(0)
      }
      expect(faults).toEqual([])
    },
  )

  it('is reached and used by keyboard alone', async () => {
    const { page } = await browser.visit(live.current.url)
    await page.locator('[data-model="atlas"]').waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the content')
    await page.getByRole('link', { name: 'Decisions' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.decision-grid.row').first().waitFor()
    await page.getByRole('button', { name: 'Pause' }).focus()
    await page.keyboard.press('Space')
    await page.locator('.row-opener').first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Why this model' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })
})

function themeOf(page: Page): Promise<string> {
  return page.evaluate<string>('document.documentElement.dataset.theme')
}

/** What axe-core finds that keeps somebody from using the page, in short. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<AxeResults>('axe.run({ resultTypes: ["violations"] })')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
}
