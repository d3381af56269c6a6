import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasPostgres, startPostgres, type PostgresServer } from '../../test/postgres-server.js'
import { alertStoreContract } from './alert-store.contract.js'
import { historyStoreContract } from './history-store.contract.js'
import { qualityStoreContract } from './quality-store.contract.js'
import { assignment, PLAIN_AGENT, PLAIN_MODEL, registryStoreContract } from './registry-store.contract.js'
import { rollupStoreContract } from './rollup-store.contract.js'
import { budgetStoreContract } from './budget-store.contract.js'
import { openStores } from './stores.js'

describe.runIf(hasPostgres)('on PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())

  const ownDatabase = async () => {
    const url = await server.createDatabase()
    return { open: () => openStores(url), dispose: () => Promise.resolve() }
  }

  describe('the registry’s store', () => {
    registryStoreContract(ownDatabase)
  })

  describe('the alerts’ store', () => {
    alertStoreContract(ownDatabase)
  })

  describe('the store of votes', () => {
    qualityStoreContract(async () => {
      const url = await server.createDatabase()
      return { open: () => openStores(url), dispose: () => Promise.resolve() }
    })
  })

  describe('the store of rollups', () => {
    rollupStoreContract(async () => {
      const stores = await openStores(await server.createDatabase())
      return { store: stores.rollups, close: () => stores.close() }
    })
  })

  describe('the history', () => {
    historyStoreContract(async () => openStores(await server.createDatabase()))
  })

  describe('the store of budgets', () => {
    budgetStoreContract(async () => {
      const stores = await openStores(await server.createDatabase())
      return { store: stores.budgets, close: () => stores.close() }
    })
  })

  it('several instances that start at once on an empty database make its tables once, and share what it keeps', async () => {
    const url = await server.createDatabase()
    const instances = await Promise.all([1, 2, 3, 4].map(() => openStores(url)))
    const [first, second] = instances
    expect(await first?.registry.addModel(PLAIN_MODEL)).toBe(true)
    expect(await second?.registry.addModel(PLAIN_MODEL)).toBe(false)
    expect(await second?.registry.loadModels()).toEqual([PLAIN_MODEL])
    const of = { agentId: 'a' }
    const saved = await Promise.all(
      instances.map(({ registry }, index) => registry.saveAssignments([assignment(`${index}`, of)])),
    )
    expect(saved.filter(Boolean)).toHaveLength(1)
    await Promise.all(instances.map((stores) => stores.close()))
  })

  it('keeps what it acknowledged when the server dies, fails clearly meanwhile, and goes on when it is back', async () => {
    const broken: string[] = []
    const stores = await openStores(await server.createDatabase(), {
      log: { warn: (fields, message) => broken.push(`${message}: ${JSON.stringify(fields)}`) },
    })
    await stores.registry.addAgent(PLAIN_AGENT)
    await server.stop()
    await expect(stores.registry.loadAgents()).rejects.toThrow(
      'the database cannot be reached: connect ECONNREFUSED',
    )
    await server.start()
    expect(await stores.registry.loadAgents()).toEqual([PLAIN_AGENT])
    expect(broken.join()).toContain('a connection to the database broke')
    await stores.close()
  })

  it('is refused with place and reason, and without the password, when it does not let us in', async () => {
    const url = new URL(await server.createDatabase())
    const refusal = async (change: (url: URL) => void) => {
      const other = new URL(url)
      change(other)
      const error = (await openStores(other.href).catch((reason: unknown) => reason)) as Error
      expect(error).toBeInstanceOf(Error)
      expect(error.message).not.toContain(url.password)
      expect(error.message).not.toContain(decodeURIComponent(url.password))
      expect(error.message).toContain(
        `storage.url: postgres://${other.host}${other.pathname} must be a PostgreSQL`,
      )
      return error.message
    }
    expect(await refusal((other) => (other.password = 'hunter2'))).toContain('password authentication failed')
    expect(await refusal((other) => (other.pathname = '/nothing'))).toContain('"nothing" does not exist')
    expect(await refusal((other) => (other.port = '1'))).toContain('ECONNREFUSED')
  })
})

it('an address of PostgreSQL that cannot be read is refused, and not repeated', async () => {
  const error = (await openStores('postgres://me:hunter2@:x:/').catch((reason: unknown) => reason)) as Error
  expect(error.message).toBe(
    'storage.url must be postgres://user:password@host:port/database, got one that cannot be read',
  )
})
