import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { resolveAdaptive, resolveAlerts } from '@loadstar/core'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigError } from './config-error.js'
import { loadConfig, parseConfig } from './parse.js'

const EXAMPLE = fileURLToPath(new URL('../../../../examples/loadstar.yaml', import.meta.url))
const MODEL = 'id: a, base_url: "http://h/v1", max_concurrent: 4'

function failure(text: string, env: NodeJS.ProcessEnv = {}): ConfigError {
  try {
    parseConfig(text, env, 'loadstar.yaml')
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

const lines = (text: string, env: NodeJS.ProcessEnv = {}) => failure(text, env).message.split('\n')
const oneModel = (more: string) => `models: [{ ${MODEL}, ${more} }]`
const oneAgent = (more: string) => `agents: [{ id: a, ${more} }]`

describe('parseConfig', () => {
  test('an empty file is a whole configuration of defaults', () => {
    for (const text of ['', '# nothing\n', '{}', 'models:\n  []\n']) {
      expect(parseConfig(text, {}, 'x')).toEqual({
        server: {
          host: '127.0.0.1',
          port: 8080,
          workers: 1,
          allowedHosts: [],
          maxBodyBytes: 8_388_608,
          shutdownGraceMs: 25_000,
          apiKeyEnvs: [],
        },
        models: [],
        agents: [],
        routing: {
          policy: 'bid',
          bid: {
            timeValue: 1,
            costWeight: 100,
            holdShare: 0.1,
            holdSlack: 2,
            priceTarget: 0.92,
            repriceMs: 2_000,
            priceWindow: 600,
          },
          loadWeight: 0.3,
          assignmentBonus: 5,
          maxWaitMs: 30_000,
          highestPriority: 'interactive',
          queue: {
            ageingMs: 5_000,
            aboveTarget: ['system'],
            floors: {},
            rescueMs: 1_000,
            maxBytes: 268_435_456,
            outputWeight: 2,
            shareSlack: 8_000,
          },
          timeouts: { connectMs: 5_000, firstByteMs: 120_000, idleMs: 60_000, totalMs: 600_000 },
          retries: { maxAttempts: 3, share: 0.2, minPerSecond: 1 },
          hedging: { share: 0.02, minDelayMs: 500, factor: 3 },
          health: {
            breaker: {
              consecutiveFailures: 5,
              minSuccessRate: 0.5,
              minResults: 20,
              windowMs: 30_000,
              minOpenMs: 1_000,
              maxOpenMs: 60_000,
              probes: 1,
            },
            maxClosedMs: 300_000,
            penalty: { factor: 2, minMs: 1_000, halfLifeMs: 30_000 },
            slowStart: { windowMs: 30_000, minShare: 0.1, aggression: 1, whenAdded: false },
            panicShare: 0.5,
            limits: { apply: false, minSlots: 1 },
          },
        },
        assignment: {
          strategy: 'optimal',
          loadBalancing: true,
          timeLimitMs: 30_000,
          cache: { ttlMs: 300_000, maxBytes: 67_108_864, loadStep: 0.1, warmUp: false },
        },
        history: {
          isEnabled: true,
          flushMs: 250,
          bufferRows: 20_000,
          retentionMs: 30 * 86_400_000,
          maxRows: 1_000_000,
        },
        alerts: {
          intervalMs: 2_000,
          measure: 'first_byte',
          webhooks: [],
          options: {
            latency: { warningMs: 500, errorMs: 1_000, criticalMs: 2_000 },
            latencyOf: {},
            success: { warning: 0.95, error: 0.9, critical: 0.8 },
            failuresInARow: { error: 3, critical: 10 },
            rapidFailures: { count: 5, withinMs: 60_000, minShare: 0.05 },
            windowMs: 60_000,
            minSamples: 20,
            noModelsAfterMs: 5_000,
            cooldownMs: 300_000,
            resolve: { share: 0.9, afterMs: 60_000, noDataMs: 300_000 },
            maxHistory: 1_000,
          },
        },
        capacityRules: [],
        scoring: {
          adaptive: 'assignments',
          rules: resolveAdaptive(),
          windowMs: 300_000,
          pairWeight: 10,
          quality: { mode: 'blend', priorWeight: 10, halfLifeMs: 30 * 86_400_000 },
          explorationShare: 0,
        },
        auth: { keys: [] },
        budgets: [],
        responseCache: {
          url: undefined,
          timeoutMs: 100,
          ttlMs: 3_600_000,
          maxBytes: 67_108_864,
          maxAnswerBytes: 1_048_576,
        },
        dashboard: { isEnabled: true },
        storage: { url: 'file:loadstar.db' },
        telemetry: {
          logRequests: false,
          maxAgents: 100,
          retentionDays: 30,
          otlp: {
            endpoint: undefined,
            traces: true,
            metrics: true,
            metricsIntervalMs: 60_000,
            sampleShare: 1,
          },
        },
      })
    }
  })

  test('what the configuration says of alerts by default is what core does without options', () => {
    const { options } = parseConfig('', {}, 'x').alerts
    expect(resolveAlerts(options)).toEqual(resolveAlerts())
  })

  test('weights of the adaptive score must add up, those that are left out included', () => {
    const scoring = (weights: string) => parseConfig(`scoring: { weights: { ${weights} } }`, {}, 'x').scoring
    expect(scoring('capability: 0.5, success: 0.35').rules.weights).toEqual({
      capability: 0.5,
      success: 0.35,
      latency: 0.15,
    })
    expect(() => scoring('capability: 0.5')).toThrow(
      'scoring.weights must add up to 1, within 0.01, and not to 0.9',
    )
  })

  test('the example is read with its profiles and task types expanded', () => {
    const config = loadConfig(EXAMPLE, {})
    expect(config.models.map(({ id, contextLength, maxQueue }) => [id, contextLength, maxQueue])).toEqual([
      ['atlas-70b', 8192, 48],
      ['breeze-7b', 32_768, 80],
      ['comet-1b', 2048, 128],
    ])
    expect(config.models[0]).toMatchObject({
      alias: 'chat',
      upstreamModel: 'atlas-70b',
      dialect: 'openai',
      targetUtilization: 0.8,
      price: { inputUsdPerMTok: 0.8, outputUsdPerMTok: 0.8 },
      source: 'file',
    })
    expect(config.models[2]?.capabilities).toEqual({
      general: 0.7,
      reasoning: 0.6,
      low_latency: 0.95,
      coding: 0.5,
    })
    expect(config.agents.find(({ id }) => id === 'summarizer')).toEqual({
      id: 'summarizer',
      name: 'Summarizer',
      type: 'inference',
      status: 'online',
      requiredCapabilities: ['general'],
      preferredCapabilities: ['long_context'],
      minContextLength: 16_384,
      source: 'file',
    })
  })

  test('what stands beside a profile or a task type is added to it and wins', () => {
    const config = parseConfig(
      `${oneModel('profile: mistral-7b, capabilities: { coding: 0.1, legal: 1 }, context_length: 99')}
${oneAgent('task_type: summarization, capabilities: [long_context, general]')}`,
      {},
      'x',
    )
    expect(config.models[0]).toMatchObject({ contextLength: 99, maxQueue: 16 })
    expect(config.models[0]?.capabilities).toMatchObject({ coding: 0.1, legal: 1, math: 0.75 })
    expect(config.agents[0]).toMatchObject({
      requiredCapabilities: ['long_context', 'general'],
      preferredCapabilities: [],
    })
  })

  test('every option of routing reaches what the router reads, in its words and units', () => {
    const config = parseConfig(
      `${oneModel('pace: { first_token_ms: 200, output_tokens_per_second: 50 }')}
routing:
  policy: weighted_load
  bid: { time_value: 2, cost_weight: 3, hold_share: 0.4, hold_slack: 6, price_target: 0.5, reprice_ms: 600, price_window: 70 }
  highest_priority: default
  queue: { ageing_ms: 8, above_target: [bulk], floors: { system: 0.9, bulk: 0.1 }, rescue_ms: 10, max_bytes: 11, output_weight: 12, share_slack: 13 }
  hedging: { share: 0.13, min_delay_ms: 14, factor: 15 }
  health:
    breaker: { consecutive_failures: 16, min_success_rate: 0.17, min_results: 18, window_ms: 19, min_open_ms: 20, max_open_ms: 21, probes: 22 }
    max_closed_ms: 23
    penalty: { factor: 24, min_ms: 25, half_life_ms: 26 }
    slow_start: { window_ms: 27, min_share: 0.28, aggression: 29, when_added: true }
    panic_share: 0.3
    limits: { apply: true, min_slots: 31 }
`,
      {},
      'x',
    )
    expect(config.models[0]?.pace).toEqual({ firstTokenMs: 200, outputTokenMs: 20 })
    expect(config.routing).toMatchObject({
      policy: 'weighted_load',
      bid: {
        timeValue: 2,
        costWeight: 3,
        holdShare: 0.4,
        holdSlack: 6,
        priceTarget: 0.5,
        repriceMs: 600,
        priceWindow: 70,
      },
      highestPriority: 'default',
      queue: {
        ageingMs: 8,
        aboveTarget: ['bulk'],
        floors: { system: 0.9, bulk: 0.1 },
        rescueMs: 10,
        maxBytes: 11,
        outputWeight: 12,
        shareSlack: 13,
      },
      hedging: { share: 0.13, minDelayMs: 14, factor: 15 },
      health: {
        breaker: {
          consecutiveFailures: 16,
          minSuccessRate: 0.17,
          minResults: 18,
          windowMs: 19,
          minOpenMs: 20,
          maxOpenMs: 21,
          probes: 22,
        },
        maxClosedMs: 23,
        penalty: { factor: 24, minMs: 25, halfLifeMs: 26 },
        slowStart: { windowMs: 27, minShare: 0.28, aggression: 29, whenAdded: true },
        panicShare: 0.3,
        limits: { apply: true, minSlots: 31 },
      },
    })
  })

  test('the result cannot be changed, however deep', () => {
    const config = parseConfig(oneModel('capabilities: { coding: 1 }, tags: [x]'), {}, 'x')
    const parts: unknown[] = [config]
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      expect(Object.isFrozen(part)).toBe(true)
      if (typeof part === 'object' && part !== null) parts.push(...(Object.values(part) as unknown[]))
    }
  })

  test('JSON is read as well as YAML, and a base URL loses its last slash', () => {
    const model = { id: 'a', base_url: 'http://h/v1/', max_concurrent: 0 }
    const config = parseConfig(JSON.stringify({ $schema: './x.json', models: [model] }), {}, 'x')
    expect(config.models[0]).toMatchObject({ baseUrl: 'http://h/v1', maxConcurrent: 0, maxQueue: 0 })
  })
})

describe('a wrong value is told with place, field, rule and value', () => {
  test.each([
    [
      oneModel('max_concurent: 4'),
      'models[0].max_concurent is not a known key; did you mean max_concurrent?',
    ],
    ['sever: {}', 'sever is not a known key; did you mean server?'],
    ['server: { port: 65536 }', 'server.port must be ≤ 65535, got 65536'],
    ['server: { port: "80" }', 'server.port must be a finite number, got "80"'],
    ['server: [1]', 'server must be a mapping, got a list'],
    ['[1]', 'the input must be a mapping, got a list'],
    ['models: [{ id: a }]', 'models[0].base_url is required'],
    [oneModel('max_queue: -1'), 'models[0].max_queue must be ≥ 0, got -1'],
    [oneModel('max_queue: 1.5'), 'models[0].max_queue must be an integer, got 1.5'],
    [oneModel('target_utilization: 0'), 'models[0].target_utilization must be > 0, got 0'],
    [oneModel('target_utilization: 1.01'), 'models[0].target_utilization must be ≤ 1, got 1.01'],
    [oneModel('target_utilization: .nan'), 'models[0].target_utilization must be a finite number, got NaN'],
    [oneModel('capabilities: { coding: 1.2 }'), 'models[0].capabilities.coding must be ≤ 1, got 1.2'],
    [oneModel('capabilities: { coding: -0.1 }'), 'models[0].capabilities.coding must be ≥ 0, got -0.1'],
    [oneModel('capabilities: { "a,b": 1 }'), 'models[0].capabilities["a,b"] is not a valid name'],
    [
      oneModel('capabilities: { __proto__: 1 }'),
      'models[0].capabilities.__proto__ must not be used as a key',
    ],
    ['constructor: { prototype: {} }', 'constructor must not be used as a key'],
    [
      oneModel('dialect: anthropc'),
      'models[0].dialect must be one of openai, anthropic (did you mean anthropic?), got "anthropc"',
    ],
    [oneModel('profile: llama-70b'), '(did you mean llama3-70b?), got "llama-70b"'],
    [oneModel('api_key: sk-very-secret'), 'models[0].api_key must come from the environment'],
    [oneModel('fallbacks: [b, a]'), 'models[0].fallbacks[1] must not be the id of the model itself, got "a"'],
    [oneModel('alias: a'), 'models[0].alias must not be the id of a model; models[0] has it, got "a"'],
    [oneModel('price: { input_usd_per_mtok: -1, output_usd_per_mtok: 0 }'), 'must be ≥ 0, got -1'],
    [
      `models: [{ ${MODEL} }, { ${MODEL} }]`,
      'models[1].id must be unique; models[0] has it already, got "a"',
    ],
    ['agents: [{ id: b }, { id: b }]', 'agents[1].id must be unique; agents[0] has it already, got "b"'],
    [oneAgent('task_type: codding'), '(did you mean coding?), got "codding"'],
    [oneAgent('status: away'), 'agents[0].status must be one of online, offline, maintenance, got "away"'],
    ['routing: { load_weight: 2 }', 'routing.load_weight must be ≤ 1, got 2'],
    ['routing: { policy: bids }', '(did you mean bid?), got "bids"'],
    ['routing: { bid: { time_value: -1 } }', 'routing.bid.time_value must be ≥ 0, got -1'],
    ['routing: { bid: { price_target: 0 } }', 'routing.bid.price_target must be > 0, got 0'],
    ['routing: { bid: { price_window: 0 } }', 'routing.bid.price_window must be ≥ 1, got 0'],
    ['routing: { highest_priority: urgent }', 'must be one of system, interactive, default, bulk'],
    ['routing: { queue: { above_target: [vip] } }', 'routing.queue.above_target[0] must be one of system'],
    ['routing: { queue: { floors: { sytem: 0.1 } } }', 'is not a known key; did you mean system?'],
    ['routing: { queue: { floors: { bulk: 1.5 } } }', 'routing.queue.floors.bulk must be ≤ 1, got 1.5'],
    [
      'routing: { queue: { floors: { system: 0.6, interactive: 0.5 } } }',
      'routing.queue.floors must add up to at most 1 and not to 1.1, got a mapping',
    ],
    ['routing: { hedging: { factor: 0.5 } }', 'routing.hedging.factor must be ≥ 1, got 0.5'],
    ['routing: { health: { breaker: { probes: 0 } } }', 'routing.health.breaker.probes must be ≥ 1, got 0'],
    [
      'routing: { health: { breaker: { min_open_ms: 20, max_open_ms: 10 } } }',
      'routing.health.breaker.max_open_ms must be ≥ min_open_ms (20), got 10',
    ],
    [
      'routing: { health: { breaker: { min_open_ms: 70000 } } }',
      'routing.health.breaker.min_open_ms must be ≤ max_open_ms (60000), got 70000',
    ],
    [
      oneModel('pace: { first_token_ms: 100, output_tokens_per_second: 0 }'),
      'models[0].pace.output_tokens_per_second must be ≥ 0.001, got 0',
    ],
    ['assignment: { strategy: hungarian }', 'must be one of greedy, balanced, optimal, got "hungarian"'],
    ['alerts: { latency: { error_ms: 400 } }', 'alerts.latency.error_ms must be > warning_ms (500), got 400'],
    [
      'alerts: { latency: { warning_ms: 1500 } }',
      'alerts.latency.warning_ms must be < error_ms (1000), got 1500',
    ],
    [
      'alerts: { success_rate: { critical: 0.95 } }',
      'alerts.success_rate.critical must be < error (0.9), got 0.95',
    ],
    [
      'alerts: { consecutive_failures: { critical: 3 } }',
      'alerts.consecutive_failures.critical must be > error (3), got 3',
    ],
    [
      'alerts: { latency_by_model: [{ model: m, warning_ms: 3, error_ms: 2, critical_ms: 4 }] }',
      'alerts.latency_by_model[0].error_ms must be > warning_ms (3), got 2',
    ],
    [
      'alerts: { webhooks: [{ id: w, url: "http://h", secret: written-into-the-file }] }',
      'alerts.webhooks[0].secret must come from the environment',
    ],
    ['alerts: { webhooks: [{ id: w, url: "ftp://h" }] }', 'url must be an http:// or https:// URL'],
    [
      'alerts: { webhooks: [{ id: w, url: "http://h" }, { id: w, url: "http://h" }] }',
      'alerts.webhooks[1].id must be unique; alerts.webhooks[0] has it already',
    ],
    [
      'alerts: { webhooks: [{ id: w, url: "http://h", max_backoff_ms: 10 }] }',
      'alerts.webhooks[0].max_backoff_ms must be ≥ min_backoff_ms (1000), got 10',
    ],
    ['capacity_rules: [{ id: r, utilization: 1.5 }]', 'capacity_rules[0].utilization must be ≤ 1, got 1.5'],
    ['capacity_rules: [{ id: r, action: reject }]', 'must be one of alert_only, reject_new'],
    [
      'capacity_rules: [{ id: r, release_utilization: 0.8 }]',
      'capacity_rules[0].release_utilization must be ≤ utilization (0.75), got 0.8',
    ],
    ['capacity_rules: [{ id: r }, { id: r }]', 'capacity_rules[1].id must be unique'],
    ['assignment: { load_balancing: yes }', 'assignment.load_balancing must be true or false, got "yes"'],
    ['storage: { url: "mysql://u:pw@h/d" }', '<host>:<port>/<database>, got "mysql://***@h/d"'],
  ])('%s', (text, message) => {
    const found = failure(text)
    expect(found.problems.length).toBeGreaterThan(0)
    expect(found.message).toContain(message)
    for (const { line, column } of found.problems) {
      expect(line).toBe(1)
      expect(column).toBeGreaterThanOrEqual(1)
    }
  })

  test.each([
    'ftp://h/v1',
    'h:9000/v1',
    '/v1',
    'http://',
    'http://u:p@h/v1',
    'http://h/v1?key=1',
    'http://h/#x',
  ])('base_url %s is refused', (url) => {
    const [only, ...rest] = failure(`models: [{ id: a, base_url: "${url}", max_concurrent: 1 }]`).problems
    expect(only?.path).toBe('models[0].base_url')
    expect(only?.message).not.toContain('u:p@')
    expect(rest).toEqual([])
  })

  test.each([
    '',
    'a b',
    'ä',
    'a/',
    '/a',
    'a//b',
    '..',
    'a/../b',
    'a?b',
    'a"b',
    'auto',
    'auto/coding',
    'agent/x',
  ])('the id %j is refused for models, agents and aliases', (id) => {
    const text = JSON.stringify({
      models: [{ id, alias: id, base_url: 'http://h', max_concurrent: 1 }],
      agents: [{ id }],
    })
    const paths = failure(text).problems.map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['models[0].id', 'models[0].alias', 'agents[0].id']))
  })

  test.each(['a', 'meta/llama-3:70b', 'A_b.c-d:e', 'x'.repeat(128), 'automatic', 'agents'])(
    'the id %j is fine',
    (id) => {
      expect(parseConfig(`agents: [{ id: "${id}" }]`, {}, 'x').agents[0]?.id).toBe(id)
    },
  )

  test('all problems come at once, in the order of the file, each with its line and column', () => {
    const text = [
      'server:',
      '  port: -1',
      'models:',
      '  - id: a',
      '    max_concurrent: x',
      '    max_quue: 3',
      '',
    ].join('\n')
    expect(lines(text)).toEqual([
      'loadstar.yaml:2:3: server.port must be ≥ 0, got -1',
      'loadstar.yaml:4:5: models[0].base_url is required',
      'loadstar.yaml:5:5: models[0].max_concurrent must be a finite number, got "x"',
      'loadstar.yaml:6:5: models[0].max_quue is not a known key; did you mean max_queue?',
    ])
  })

  test.each([
    ['server:\n  port: [1', 3],
    ['a: 1\na: 2', 2],
    ['a: b: c', 1],
    ['a: !secret x', 1],
    ['{}\n---\n{}', 2],
  ])('a syntax error in %j is told with its line', (text, line) => {
    const found = failure(text)
    expect(found.problems[0]?.line).toBeLessThanOrEqual(line)
    expect(found.problems[0]?.message).toMatch(/^YAML: /)
    expect(found.problems[0]?.column).toBeGreaterThanOrEqual(1)
  })

  test('an alias that expands without end is refused', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 12; i++) {
      const before = String.fromCharCode(96 + i)
      const name = String.fromCharCode(97 + i)
      bomb.push(`${name}: &${name} [${Array(8).fill(`*${before}`).join(', ')}]`)
    }
    expect(failure(bomb.join('\n')).message).toContain('is not usable YAML')
  })

  test('whatever the text, it is either a configuration or a ConfigError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          expect(Object.isFrozen(parseConfig(text, {}, 'x'))).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError)
        }
      }),
    )
  })
})

describe('the environment', () => {
  test('variables stand inside text, and become numbers and booleans where those are wanted', () => {
    const config = parseConfig(
      `server: { port: "\${P}", host: "\${H:-0.0.0.0}" }
${oneModel('api_key: "${KEY}", name: "$${KEY} of ${WHO}", target_utilization: "0.${T}"')}
assignment: { load_balancing: "\${LB}" }`,
      { P: '99', KEY: '123456', WHO: 'me ${P}', T: '5', LB: 'false' },
      'x',
    )
    expect(config.server).toMatchObject({ port: 99, host: '0.0.0.0' })
    expect(config.models[0]).toMatchObject({
      apiKey: '123456',
      name: '${KEY} of me ${P}',
      targetUtilization: 0.5,
    })
    expect(config.assignment.loadBalancing).toBe(false)
  })

  test('a variable that is not set is told by its name and field, once', () => {
    expect(lines('server:\n  port: ${NO_SUCH}')).toEqual([
      'loadstar.yaml:2:3: server.port needs the environment variable NO_SUCH, which is not set',
    ])
  })

  test('a default stands in for a variable that is empty or not set; an empty one alone is empty', () => {
    const host = (text: string, env: NodeJS.ProcessEnv) =>
      parseConfig(`server: { host: "${text}" }`, env, 'x').server.host
    expect(host('${X:-d}', {})).toBe('d')
    expect(host('${X:-d}', { X: '' })).toBe('d')
    expect(host('${X:-d}', { X: 'e' })).toBe('e')
    expect(host('a${X:-}', {})).toBe('a')
    expect(host('a${X}', { X: '' })).toBe('a')
  })

  test.each(['${', '${X', '${}', '${1X}', '${X-y}', '${a b}'])('%s is told as malformed', (text) => {
    expect(failure(`server: { host: '${text}' }`, { X: 'x' }).message).toContain(
      'server.host must write variables as',
    )
  })

  test('what a variable holds is in no message, whatever is wrong with it', () => {
    const env = { S: 'hunter2 secret' }
    const text = `server: { port: "\${S}", host: "\${S" }
models: [{ id: "\${S}", base_url: "\${S}", max_concurrent: "\${S}", dialect: "\${S}", profile: "\${S}" }]
agents: [{ id: "\${S}", task_type: "\${S}", capabilities: ["\${S}"] }, { id: "\${S}" }]
storage: { url: "\${S}" }`
    const found = failure(text, env)
    expect(found.problems.length).toBeGreaterThan(9)
    expect(found.message).not.toContain('hunter2')
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  test('HOST, PORT and DATABASE_URL stand above the file, and empty ones do not', () => {
    const text = 'server: { host: h, port: 1 }\nstorage: { url: "file:a.db" }'
    const env = { HOST: '::1', PORT: '2', DATABASE_URL: 'file:b.db' }
    const over = parseConfig(text, env, 'x')
    expect([over.server.host, over.server.port, over.storage.url]).toEqual(['::1', 2, 'file:b.db'])
    expect(parseConfig('', env, 'x').server.port).toBe(2)
    const under = parseConfig(text, { HOST: '', PORT: '', DATABASE_URL: '' }, 'x')
    expect([under.server.host, under.server.port, under.storage.url]).toEqual(['h', 1, 'file:a.db'])
  })

  test('a wrong PORT is told by its variable, without a line of the file', () => {
    expect(lines('server:\n  port: 1', { PORT: 'http' })).toEqual([
      'environment: PORT must be an integer from 0 to 65535, got "http"',
    ])
    expect(lines('', { PORT: '70000' })).toEqual([
      'environment: PORT must be an integer from 0 to 65535, got "70000"',
    ])
  })
})

describe('loadConfig', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loadstar-config-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('a file is read, and named in what is wrong with it', () => {
    const path = join(folder, 'bad.yaml')
    writeFileSync(path, 'server: { prot: 1 }\n')
    expect(() => loadConfig(path, {})).toThrow(
      `${path}:1:11: server.prot is not a known key; did you mean port?`,
    )
  })

  test('a file that is not there or not a file is told so', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow(
      /none\.yaml: cannot be read: there is no such file/,
    )
    expect(() => loadConfig(folder, {})).toThrow(ConfigError)
  })
})
