import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort } from './free-port.js'
import { installed } from './installed.js'
import {
  serve,
  startFleet,
  stop,
  temporaryFolder,
  type RunningFleet,
  type RunningGateway,
} from './processes.js'

const prometheus = installed('prometheus', 'prometheus')
const promtool = installed('promtool', 'prometheus')

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url))
const PATIENCE = { timeout: 30_000, interval: 200 }

const folder = temporaryFolder()
let fleet: RunningFleet
let gateway: RunningGateway
beforeAll(async () => {
  const models = [
    { id: 'good', max_concurrent: 4 },
    { id: 'bad', max_concurrent: 4, faults: { error: 1 } },
  ]
  fleet = await startFleet(folder.path, { models })
  const entries = fleet.models.map(
    ({ id, base_url }) =>
      `  - { id: ${id}, alias: chat, base_url: '${base_url}', max_concurrent: 4, capabilities: { general: ${id === 'bad' ? 1 : 0.5} }, price: { input_usd_per_mtok: 1, output_usd_per_mtok: 2 } }`,
  )
  const agents = 'agents: [{ id: a, capabilities: [general] }]'
  gateway = await serve(folder.path, `models:\n${entries.join('\n')}\n${agents}\n`, 2)
  for (let i = 0; i < 4; i++) await ask(i % 2 === 0)
})
afterAll(async () => {
  await stop(gateway)
  await stop(fleet)
  folder.remove()
})

async function ask(isStream: boolean, model = 'chat'): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-agent-id': 'a' },
    body: JSON.stringify({ model, stream: isStream, messages: [{ role: 'user', content: 'hi' }] }),
  })
  await response.text()
  return response.status
}

async function scraped(): Promise<string> {
  const response = await fetch(`${gateway.url}/metrics`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return response.text()
}

/** Names of the series, without labels. */
function seriesOf(text: string): Set<string> {
  return new Set([...text.matchAll(/^([a-z_0-9]+)[{ ]/gm)].map(([, name]) => name ?? ''))
}

interface Board {
  readonly panels: readonly {
    readonly title: string
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}

function boardExpressions(): { title: string; expr: string }[] {
  const board = JSON.parse(readFileSync(join(EXAMPLES, 'grafana/loadstar-dashboard.json'), 'utf8')) as Board
  return board.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expr: expr
        .replaceAll('$__rate_interval', '1m')
        .replaceAll('$instance', '.*')
        .replaceAll('$model', '.*'),
    })),
  )
}

function namesIn(expressions: string): string[] {
  return [...expressions.matchAll(/\b(loadstar|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name)
}

/** @returns what it printed. @throws where it exits with anything but 0. */
function runPromtool(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(promtool ?? '', args, (error, stdout, stderr) => {
      if (error) reject(new Error(`${stdout}${stderr}`))
      else resolve(stdout + stderr)
    })
    child.stdin?.end(input)
  })
}

describe('/metrics', () => {
  it('counts what both worker processes did, by model and outcome, and names nothing a client made up', async () => {
    expect(await ask(false, 'a-model-nobody-has')).toBe(404)
    await vi.waitFor(async () => {
      const text = await scraped()
      expect(text).toContain('loadstar_requests_total{model="good",outcome="completed"} 4\n')
      expect(text).toContain('loadstar_requests_total{model="none",outcome="refused_at_door"} 1\n')
    }, PATIENCE)
    const text = await scraped()
    expect(text).not.toContain('a-model-nobody-has')
    expect(text).toContain('loadstar_agent_requests_total{agent="a",outcome="completed"} 4\n')
    expect(text).toMatch(/loadstar_attempts_total\{model="bad",outcome="upstream_error"\} [1-9]/)
    expect(text).toMatch(/loadstar_fallbacks_total\{model="good"\} [1-9]/)
    expect(text).toMatch(/loadstar_tokens_total\{model="good",type="output"\} [1-9]/)
    expect(text).toMatch(/loadstar_time_to_first_token_seconds_count\{model="good"\} 2\n/)
  })

  it('tells of every process of the instance', async () => {
    await vi.waitFor(async () => {
      const processes = [...(await scraped()).matchAll(/process_cpu_seconds_total\{process="([^"]+)"\}/g)]
      expect(new Set(processes.map(([, name]) => name)).size).toBe(3)
    }, PATIENCE)
  })

  it('has every series that the board and the alert rules read', async () => {
    const known = seriesOf(await scraped())
    const board = boardExpressions().map(({ expr }) => expr)
    const rules = readFileSync(join(EXAMPLES, 'prometheus/alerts.yml'), 'utf8')
    const wanted = namesIn([...board, rules].join('\n'))
    expect(wanted.length).toBeGreaterThan(40)
    expect(wanted.filter((name) => !known.has(name))).toEqual([])
  })

  it.runIf(promtool !== undefined)('is found without fault by promtool', async () => {
    expect(await runPromtool(['check', 'metrics'], await scraped())).toBe('')
  })
})

describe.runIf(promtool !== undefined)('the alert rules', () => {
  it('are well formed, silent in a calm hour and right in an incident', async () => {
    const rules = join(EXAMPLES, 'prometheus')
    expect(await runPromtool(['check', 'config', join(rules, 'prometheus.yml')])).toContain('SUCCESS')
    expect(await runPromtool(['check', 'rules', join(rules, 'alerts.yml')])).toContain('SUCCESS')
    expect(await runPromtool(['test', 'rules', join(rules, 'alerts.test.yml')])).toContain('SUCCESS')
  })
})

describe.runIf(prometheus !== undefined)('a real Prometheus', () => {
  let server: ChildProcess
  let url: string
  beforeAll(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const target = new URL(gateway.url).host
    const config = readFileSync(join(EXAMPLES, 'prometheus/prometheus.yml'), 'utf8')
      .replaceAll('15s', '1s')
      .replace('127.0.0.1:8080', target)
      .replace('alerts.yml', join(EXAMPLES, 'prometheus/alerts.yml'))
    const file = join(folder.path, 'prometheus.yml')
    writeFileSync(file, config)
    const data = join(folder.path, 'prometheus-data')
    server = spawn(
      prometheus ?? '',
      [`--config.file=${file}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`],
      { stdio: 'ignore' },
    )
    await vi.waitFor(
      async () => expect(await valuesOf('count_over_time(up[1m]) > 2')).toHaveLength(1),
      PATIENCE,
    )
  })
  afterAll(async () => {
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  })

  async function valuesOf(query: string): Promise<string[]> {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`)
    const answer = (await response.json()) as Answer
    expect(answer.status, `${query}: ${answer.error}`).toBe('success')
    return (answer.data?.result ?? []).map(({ value }) => value[1])
  }

  it('scrapes a running gateway of several processes', async () => {
    expect(await valuesOf('up{job="loadstar"}')).toEqual(['1'])
    expect(await valuesOf('sum(loadstar_requests_total{outcome="completed"})')).toEqual(['4'])
    expect(await valuesOf('sum(loadstar_request_duration_seconds_count)')).toEqual(['4'])
  })

  it('evaluates every expression of the board, and most of them to something', async () => {
    const expressions = boardExpressions()
    const told: number[] = []
    for (const { title, expr } of expressions) {
      const values = await valuesOf(expr)
      if (values.length > 0) told.push(values.length)
      else console.info(`nothing yet of: ${title}`)
    }
    expect(told.length).toBeGreaterThan(expressions.length * 0.9)
  })

  it('takes the alert rules', async () => {
    const response = await fetch(`${url}/api/v1/rules`)
    const { data } = (await response.json()) as { data: { groups: { rules: { health: string }[] }[] } }
    const rules = data.groups.flatMap((group) => group.rules)
    expect(rules.length).toBeGreaterThan(5)
    await vi.waitFor(async () => {
      const again = (await (await fetch(`${url}/api/v1/rules`)).json()) as { data: typeof data }
      const health = again.data.groups.flatMap((group) => group.rules.map((rule) => rule.health))
      expect(new Set(health)).toEqual(new Set(['ok']))
    }, PATIENCE)
  })
})

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] }
}
