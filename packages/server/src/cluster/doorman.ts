import { createServer, type AddressInfo, type Socket } from 'node:net'

/** One that serves connections. */
interface Server {
  readonly hand: (socket: Socket) => void
  /** Handed over, and not yet taken. */
  offered: Socket | undefined
}

/** What is told of one that serves. */
interface Post {
  /** It has taken the connection it was handed. */
  taken(): void
  /** It takes no more; what it had not taken goes to another. */
  gone(): void
}

/**
 * The one socket on which an instance of several processes listens. It hands connections round, unread, one at a time to
 * each, and keeps its own end of each until that one has been taken: a connection that met a dying process goes to
 * another (node:cluster would leave it open and unserved), one that is stopped holds up a single connection, and while
 * nobody is there they wait.
 */
export class Doorman {
  readonly #listener = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    // Nobody reads it here: who leaves meanwhile shows where it is served.
    socket.on('error', () => undefined)
    this.#waiting.push(socket)
    this.#handOut()
  })
  readonly #waiting: Socket[] = []
  readonly #free: Server[] = []

  /** @throws the error of `listen`, e.g. `EADDRINUSE` with the port. */
  async open(host: string, port: number): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject)
      this.#listener.listen({ host, port }, () => {
        this.#listener.off('error', reject)
        resolve()
      })
    })
    return this.#listener.address() as AddressInfo
  }

  add(hand: (socket: Socket) => void): Post {
    const server: Server = { hand, offered: undefined }
    this.#free.push(server)
    this.#handOut()
    return {
      taken: () => {
        // The other process has its own end; closing this one is not seen by the client.
        server.offered?.destroy()
        server.offered = undefined
        this.#free.push(server)
        this.#handOut()
      },
      gone: () => {
        const at = this.#free.indexOf(server)
        if (at >= 0) this.#free.splice(at, 1)
        if (server.offered === undefined) return
        this.#waiting.unshift(server.offered)
        server.offered = undefined
        this.#handOut()
      },
    }
  }

  /** Lets nobody in any more. */
  close(): void {
    this.#listener.close()
    for (const socket of this.#waiting.splice(0)) socket.destroy()
  }

  #handOut(): void {
    for (;;) {
      const [server, socket] = [this.#free[0], this.#waiting[0]]
      if (server === undefined || socket === undefined) return
      this.#free.shift()
      this.#waiting.shift()
      server.offered = socket
      server.hand(socket)
    }
  }
}
