import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Doorman } from './doorman.js'

const clients: Socket[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
})

async function world() {
  const doorman = new Doorman()
  const { port } = await doorman.open('127.0.0.1', 0)
  const enter = async (): Promise<Socket> => {
    const client = connect({ port, host: '127.0.0.1' })
    clients.push(client)
    await once(client, 'connect')
    return client
  }
  const server = () => {
    const handed: Socket[] = []
    return { handed, ...doorman.add((socket) => void handed.push(socket)) }
  }
  return { doorman, port, enter, server }
}

describe('the doorman', () => {
  it('hands connections round, the next to each only when it has taken the one before', async () => {
    const { doorman, enter, server } = await world()
    const [one, two] = [server(), server()]
    for (let n = 0; n < 4; n++) await enter()
    await vi.waitFor(() => expect([one.handed.length, two.handed.length]).toEqual([1, 1]))
    two.taken()
    await vi.waitFor(() => expect([one.handed.length, two.handed.length]).toEqual([1, 2]))
    one.taken()
    two.taken()
    await vi.waitFor(() => expect([one.handed.length, two.handed.length]).toEqual([2, 2]))
    doorman.close()
  })

  it('gives what was not taken to another when the first is gone, and keeps it while nobody is there', async () => {
    const { doorman, enter, server } = await world()
    const first = server()
    const client = await enter()
    await vi.waitFor(() => expect(first.handed).toHaveLength(1))
    first.gone()
    const second = server()
    expect(second.handed).toEqual(first.handed)
    second.handed[0]?.end('served')
    const [said] = (await once(client, 'data')) as [Buffer]
    expect(said.toString()).toBe('served')
    doorman.close()
  })

  it('lets go of connections that nobody will serve when it closes', async () => {
    const { doorman, enter } = await world()
    const client = await enter()
    const closed = once(client, 'close')
    client.resume()
    await vi.waitFor(() => {
      doorman.close()
      expect(client.closed).toBe(true)
    })
    await closed
  })

  it('fails on a port that is taken with the error that names it', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    await expect(new Doorman().open('127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE', port })
    taken.close()
  })
})
