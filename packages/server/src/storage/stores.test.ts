import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { alertStoreContract } from './alert-store.contract.js'
import { qualityStoreContract } from './quality-store.contract.js'
import { assignment, PLAIN_AGENT, PLAIN_MODEL, registryStoreContract } from './registry-store.contract.js'
import { openStores } from './stores.js'

const tsx = fileURLToPath(import.meta.resolve('tsx'))
let folder: string
const created: string[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadstar-store-'))
  created.push(folder)
})
afterEach(() => {
  for (const path of created.splice(0)) rmSync(path, { recursive: true, force: true })
})

const ownFile = () => {
  const own = mkdtempSync(join(tmpdir(), 'loadstar-store-'))
  created.push(own)
  const url = `file:${join(own, 'loadstar.db')}`
  return Promise.resolve({ open: () => openStores(url), dispose: () => Promise.resolve() })
}

describe('the alerts’ store on a libSQL file', () => {
  alertStoreContract(ownFile)
})

describe('the store of votes on a libSQL file', () => {
  qualityStoreContract(ownFile)
})

describe('the registry’s store on a libSQL file', () => {
  registryStoreContract(ownFile)

  it('opens the same file by its file:// URL', async () => {
    const path = join(folder, 'a b.db')
    const stores = await openStores(`file:${path}`)
    await stores.registry.addAgent(PLAIN_AGENT)
    await stores.close()
    const again = await openStores(pathToFileURL(path).href)
    expect(await again.registry.loadAgents()).toEqual([PLAIN_AGENT])
    await again.close()
  })

  it('keeps everything acknowledged when its process is killed with SIGKILL', async () => {
    const path = join(folder, 'loadstar.db')
    const child = startWriter(path, 'crash')
    const acknowledged: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line)
      // The writer never stops by itself: this kill lands in the middle of a write or between two.
      if (acknowledged.length === 60) child.kill('SIGKILL')
    }
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    const stores = await openStores(`file:${path}`)
    const ids = new Set((await stores.registry.loadAgents()).map((agent) => agent.id))
    const pairs = (await stores.registry.loadActiveAssignments()).map((entry) => entry.id)
    await stores.close()
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([])
    // The two rows of each transaction arrive together or not at all.
    expect(pairs.filter((id) => !pairs.includes(id.endsWith("'") ? id.slice(0, -1) : `${id}'`))).toEqual([])
    expect(acknowledged.length).toBeGreaterThanOrEqual(60)
  })

  it('has one process only: another is told so and changes nothing, by whatever name it knows the file', async () => {
    const path = join(folder, 'loadstar.db')
    const other = join(folder, 'other.db')
    const first = startWriter(path, 'a')
    await once(first.stdout, 'data')
    symlinkSync(path, other)
    for (const name of [path, other]) {
      const { code, problems } = await finished(startWriter(name, 'b', 1))
      expect(code).toBe(1)
      expect(problems).toContain(`storage.url: ${name} must be used by one process at a time`)
    }
    first.kill('SIGKILL')
    await once(first, 'exit')
    const stores = await openStores(`file:${path}`)
    expect((await stores.registry.loadAgents()).filter(({ id }) => id.startsWith('b'))).toEqual([])
    await stores.close()
  })

  it('goes to exactly one of several processes that start at once', async () => {
    const path = join(folder, 'loadstar.db')
    const writers = ['a', 'b', 'c'].map((name) => startWriter(path, name))
    const ends = writers.map((writer) => finished(writer))
    let refused = 0
    for (const end of ends) void end.then(() => refused++)
    await vi.waitFor(() => expect(refused).toBe(2), { timeout: 30_000 })
    for (const writer of writers) writer.kill('SIGKILL')
    const outcomes = await Promise.all(ends)
    expect(outcomes.map(({ code }) => code).sort()).toEqual([1, 1, null])
    const names = new Set((await namesIn(path)).map((id) => id[0]))
    expect(names.size).toBe(1)
  })

  it('may be read by others meanwhile, for a copy', async () => {
    const path = join(folder, 'loadstar.db')
    const stores = await openStores(`file:${path}`)
    await stores.registry.addAgent(PLAIN_AGENT)
    const reader = new Database(path, { readonly: true })
    expect(reader.prepare('SELECT id FROM agents').all()).toEqual([{ id: 'plain' }])
    reader.close()
    await stores.close()
  })
})

async function namesIn(path: string): Promise<readonly string[]> {
  const stores = await openStores(`file:${path}`)
  const agents = await stores.registry.loadAgents()
  await stores.close()
  return agents.map(({ id }) => id)
}

describe('a store in memory', () => {
  it('starts empty each time and keeps nothing', async () => {
    const stores = await openStores('file::memory:')
    await stores.registry.addModel(PLAIN_MODEL)
    await stores.registry.saveAssignments([assignment('1')])
    expect((await stores.registry.loadModels()).length).toBe(1)
    await stores.close()
    const next = await openStores('file::memory:')
    expect(await next.registry.loadModels()).toEqual([])
    await next.close()
  })
})

describe('a database that cannot be used is refused with its path and the rule', () => {
  const refusal = async (url: string) => {
    const error: unknown = await openStores(url).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    return (error as Error).message
  }

  it('other schemes, without repeating what may be a password', async () => {
    const message = await refusal('mysql://me:hunter2@db/loadstar')
    expect(message).toBe('storage.url must be file:<path>, file::memory: or postgres://…, got "mysql:"')
    expect(await refusal('loadstar.db')).toContain('got "loadstar.db"')
    expect(await refusal('file:')).toContain('storage.url must be file:<path>, ')
    expect(await refusal('file://otherhost/x.db')).toContain('must be a valid file URL')
  })

  it('a folder that does not exist, a path that is a folder, a place that takes no files', async () => {
    mkdirSync(join(folder, 'dir.db'))
    const rule = 'must be a file, new or old, in an existing folder that may be written'
    for (const [path, reason] of [
      [join(folder, 'none/x.db'), `the folder ${join(folder, 'none')} does not exist`],
      [join(folder, 'dir.db'), 'it is a folder'],
      ['/proc/loadstar.db', 'it cannot be opened for writing'],
    ] as const) {
      expect(await refusal(`file:${path}`)).toBe(`storage.url: ${path} ${rule}: ${reason}`)
    }
  })

  it('a file that is no database, one cut short, one with damaged pages', async () => {
    const whole = join(folder, 'whole.db')
    const stores = await openStores(`file:${whole}`)
    await stores.registry.replaceAutomaticAssignments(
      Array.from({ length: 500 }, (_, index) => assignment(`${index}`)),
    )
    await stores.close()
    const bytes = readFileSync(whole)
    const damaged = Buffer.from(bytes).fill(0xa5, 6 * 4096, 12 * 4096)
    const contents = { foreign: 'this is no database '.repeat(500), cut: bytes.subarray(0, 12_388), damaged }
    for (const [name, content] of Object.entries(contents)) {
      const path = join(folder, name)
      writeFileSync(path, content)
      const rule = 'must be an undamaged SQLite database that may be written'
      expect(await refusal(`file:${path}`)).toContain(`storage.url: ${path} ${rule}`)
    }
  })

  it('one written by a newer release', async () => {
    const path = join(folder, 'loadstar.db')
    await (await openStores(`file:${path}`)).close()
    const database = new Database(path)
    database.exec(`INSERT INTO kysely_migration VALUES ('9999_future', '2999-01-01T00:00:00.000Z')`)
    database.close()
    const message = await refusal(`file:${path}`)
    expect(message).toContain(
      `storage.url: ${path} must be writable and written by this or an earlier release`,
    )
    expect(message).toContain('9999_future')
  })
})

/** A process that saves one agent and two assignments at a time and prints the agent's id once they are saved. */
function startWriter(path: string, name: string, count = Infinity) {
  const program = `
    const { openStores } = await import(${JSON.stringify(new URL('./stores.ts', import.meta.url).href)})
    const agent = ${JSON.stringify(PLAIN_AGENT)}
    const pairing = ${JSON.stringify(assignment(''))}
    const stores = await openStores(${JSON.stringify(`file:${path}`)})
    for (let index = 0; index < ${count}; index++) {
      const id = ${JSON.stringify(name)} + index
      const first = { ...pairing, id, agentId: id }
      const second = { ...first, id: id + "'", agentId: id + "'" }
      await stores.registry.saveAssignments([first, second])
      await stores.registry.addAgent({ ...agent, id })
      process.stdout.write(id + '\\n')
    }
    await stores.close()
  `
  const args = ['--import', pathToFileURL(tsx).href, '--input-type=module', '--eval', program]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function finished(child: ReturnType<typeof startWriter>) {
  let problems = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problems += text))
  child.stdout.resume()
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, problems }
}
