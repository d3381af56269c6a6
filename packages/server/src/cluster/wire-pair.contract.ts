import { Duplex } from 'node:stream'

/** Two streams, of which each reads what the other writes; asynchronous, as sockets are. */
export function wirePair(): readonly [Duplex, Duplex] {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      allowHalfOpen: false,
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => {
          other().push(chunk)
          done()
        })
      },
      final(done) {
        setImmediate(() => {
          other().push(null)
          done()
        })
      },
    })
  const left: Duplex = make(() => right)
  const right: Duplex = make(() => left)
  return [left, right]
}
