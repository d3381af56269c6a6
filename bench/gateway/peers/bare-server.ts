/**
 * The floor of our language: read, parse, forward, write back, and nothing else. Started by bare.ts.
 */
import { createServer } from 'node:http'
import { Pool } from 'undici'

const [, , port, upstreamPort] = process.argv
const origin = `http://127.0.0.1:${upstreamPort}`
const pool = new Pool(origin, { connections: null, pipelining: 1 })

createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    const body = Buffer.concat(chunks)
    const { stream } = JSON.parse(body.toString('utf8')) as { stream?: boolean }
    const answer: Buffer[] = []
    pool.dispatch(
      {
        origin,
        path: req.url ?? '/',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart(_controller, status, headers) {
          if (stream === true) res.writeHead(status, { 'content-type': headers['content-type'] })
        },
        onResponseData(_controller, chunk) {
          if (stream === true) res.write(chunk)
          else answer.push(chunk)
        },
        onResponseEnd() {
          if (stream === true) {
            res.end()
            return
          }
          const whole = Buffer.concat(answer)
          res.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length })
          res.end(whole)
        },
        onResponseError() {
          res.destroy()
        },
      },
    )
  })
}).listen(Number(port), '127.0.0.1')
