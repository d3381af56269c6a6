/**
 * What does our gateway cost, and what does it do under overload, against HAProxy, nginx, Portkey and the least that can
 * be done in our language? The process under test has one core, clients and models the other.
 *
 *   npm run gateway --workspace bench
 *   npm run gateway --workspace bench -- --only saturation,latency      some questions (names below)
 *
 * Further options: --peers <words of their names, by comma>, --rounds <5>, --seconds <of one window>, --soak-minutes <10, of sustained too>, --quick (one round of short windows,
 * neither soak nor sustained), --name <of the results' files>.
 *
 * LOADSTAR_NODE_ARGS=--cpu-prof, or any other flag of Node, is handed to Loadstar's process.
 *
 * Wanted besides: `apt-get install haproxy nginx`. Portkey is fetched by npm into bench/gateway/.peers.
 */
import { parseArgs } from 'node:util'
import { saveReport } from '../report.js'
import { pinSelf } from './child.js'
import { latency } from './latency.js'
import { overload } from './overload.js'
import type { Peer } from './peers/peer.js'
import type { Question, Setting } from './question.js'
import { saturation } from './saturation.js'
import { soak } from './soak.js'
import { streams } from './streams.js'
import { sustained } from './sustained.js'

const QUESTIONS: readonly Question[] = [saturation, latency, streams, overload, soak, sustained]
const LONG = ['soak', 'sustained']

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'latest' },
    only: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    'soak-minutes': { type: 'string', default: '10' },
    quick: { type: 'boolean', default: false },
  },
})
const names = values.only?.split(',')
const invited = values.peers?.split(',')
const asked = QUESTIONS.filter(({ name }) => names?.includes(name) ?? !(values.quick && LONG.includes(name)))
if (asked.length === 0)
  throw new Error(`--only must be one of ${QUESTIONS.map(({ name }) => name).join(', ')}`)

/** Tells once, loudly, who cannot take part. */
const presence = new Map<string, boolean>()
function isPresent(peer: Peer): boolean {
  if (invited?.some((word) => peer.name.includes(word)) === false) return false
  const known = presence.get(peer.name)
  if (known !== undefined) return known
  const missing = peer.prepare()
  if (missing) console.warn(`\n!! WITHOUT ${peer.name}: ${missing.reason}. To have it: ${missing.install}\n`)
  presence.set(peer.name, missing === undefined)
  return missing === undefined
}

const seconds = values.seconds ?? (values.quick ? '2' : undefined)
const setting: Setting = {
  rounds: Number(values.rounds ?? (values.quick ? 1 : 5)),
  seconds: seconds === undefined ? undefined : Number(seconds),
  soakMinutes: Number(values['soak-minutes']),
  isPresent,
}

pinSelf()
for (const { name, question, ask } of asked) {
  console.log(`\n## ${name}: ${question}\n`)
  const { text, rows } = await ask(setting)
  console.log(text)
  saveReport(import.meta.url, `${values.name}.${name}`, {
    question,
    command: `npm run gateway --workspace bench -- --only ${name}`,
    rounds: setting.rounds,
    seconds: setting.seconds ?? 'as the question says',
    rows,
  })
}
