import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decisionRow, historyStoreContract } from './history-store.contract.js'
import { openStores } from './stores.js'

const newFolder = () => mkdtempSync(join(tmpdir(), 'loadstar-history-'))

describe('the history in a libSQL file', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  historyStoreContract(() => {
    const folder = newFolder()
    folders.push(folder)
    return openStores(`file:${join(folder, 'loadstar.db')}`)
  })
})

describe('the history in memory', () => {
  historyStoreContract(() => openStores('file::memory:'))
})

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('is in a file of its own, and there again after closing', async () => {
  const url = `file:${join(folder, 'loadstar.db')}`
  for (const known of [undefined, decisionRow(1)]) {
    const stores = await openStores(url)
    const history = await stores.openHistory()
    expect(await history.find('d-1')).toEqual(known)
    if (known === undefined) await history.append(JSON.stringify([decisionRow(1)]))
    await history.close()
    await stores.close()
  }
})

it('that is no database is refused with its path and the rule', async () => {
  const path = join(folder, 'loadstar.db')
  writeFileSync(`${path}-history`, 'this is no database '.repeat(500))
  const stores = await openStores(`file:${path}`)
  await expect(stores.openHistory()).rejects.toThrow(
    `storage.url: ${path}-history must be an undamaged SQLite database`,
  )
  await stores.close()
})

it('keeps everything it has acknowledged when its process is killed with SIGKILL', async () => {
  const url = `file:${join(folder, 'loadstar.db')}`
  const program = `
    const { openStores } = await import(${JSON.stringify(STORES)})
    const history = await (await openStores(${JSON.stringify(url)})).openHistory()
    const row = ${JSON.stringify(decisionRow(0))}
    for (let index = 0; ; index += 2) {
      const rows = [index, index + 1].map((number) => ({ ...row, decision_id: 'd-' + number, at_ms: number }))
      await history.append(JSON.stringify(rows))
      process.stdout.write(index + '\\n')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acknowledged = 0
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line) + 2
    // It never stops by itself: this lands in the middle of a write or between two.
    if (acknowledged === 100) child.kill('SIGKILL')
  }
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
  const stores = await openStores(url)
  const history = await stores.openHistory()
  const { rows } = await history.page({ order: 'oldest_first', limit: 10_000 })
  await history.close()
  await stores.close()
  expect(acknowledged).toBeGreaterThanOrEqual(100)
  expect(rows.length).toBeGreaterThanOrEqual(acknowledged)
  // What was in the making is there as a whole, or not at all.
  expect(rows.map(({ at_ms }) => at_ms)).toEqual(Array.from({ length: rows.length }, (_, index) => index))
  expect(rows.length % 2).toBe(0)
})

/** The compiled stores, which a plain Node can run. */
const STORES = fileURLToPath(new URL('../../dist/storage/stores.js', import.meta.url))
