import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configJsonSchema } from '../config/json-schema.js'

/** The command as it is shipped: `npm test` builds first. */
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const EXAMPLE = fileURLToPath(new URL('../../../../examples/loadstar.yaml', import.meta.url))
const MANIFEST = new URL('../../package.json', import.meta.url)

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadstar-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = folder) {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'pipe',
  })
}

async function run(args: readonly string[], { input = '', env = {} }: RunOptions = {}): Promise<Run> {
  const child = start(args, env)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, ...output }
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const TEAM = {
  agents: [
    { id: 'coder', name: 'Coder', capabilities: ['coding'] },
    { id: 'poet', name: 'Poet', capabilities: ['poetry'], preferred_capabilities: ['general'] },
    { id: 'away', name: 'Away', status: 'offline' },
  ],
  models: [{ id: 'm', name: 'Model M', capabilities: { coding: 0.8 }, max_concurrent: 2 }],
}

describe.concurrent('loadstar', () => {
  test('the version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test.each([
    '',
    ' start',
    ' demo',
    ' serve',
    ' config',
    ' config check',
    ' config schema',
    ' assign',
    ' fleet',
  ])('loadstar%s --help explains itself with examples on stdout', async (command) => {
    const { code, stdout, stderr } = await run([...command.split(' ').slice(1), '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Usage: loadstar${command}`)
    expect(stdout).toContain('Examples:')
    expect(stdout).not.toContain('\u001b[')
  })

  test.each([
    [['srve'], '(Did you mean serve?)'],
    [['assign'], "missing required argument 'file'"],
    [['assign', 'x', '--strategy', 'best'], 'Allowed choices are greedy, balanced, optimal.'],
    [['serve', '--port', '70000'], 'must be ≤ 65535'],
    [['serve', '--verbose'], "unknown option '--verbose'"],
    [['config', 'check', 'none.yaml'], 'none.yaml: cannot be read: there is no such file'],
    [['serve', '-c', 'none.yaml'], 'none.yaml: cannot be read: there is no such file'],
    [['assign', 'none.yaml'], 'none.yaml: cannot be read: there is no such file'],
    [['fleet', 'none.yaml'], 'none.yaml: cannot be read: there is no such file'],
  ])('%j is wrong usage: a clear line on stderr and exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe.concurrent('loadstar config', () => {
  test('a good file is summed up', async () => {
    const { code, stdout, stderr } = await run(['config', 'check', EXAMPLE])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('models      3 (64 requests at once)')
  })

  test('a capability that no model has is warned of', async () => {
    const path = file('typo.yaml', 'agents: [{ id: a, capabilities: [codding] }]')
    const { code, stderr } = await run(['config', 'check', path])
    expect(code).toBe(0)
    expect(stderr).toContain('agents[0] needs "codding", which no model of the file has')
  })

  test('a bad file has every problem listed with line and column, and no secret', async () => {
    const path = file(
      'bad.yaml',
      'server:\n  prot: 1\nmodels:\n  - { id: a, base_url: "${S}", max_concurrent: -1 }\nagents: 3\n',
    )
    const { code, stdout, stderr } = await run(['config', 'check', path], { env: { S: 'sk-secret' } })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trim().split('\n')).toEqual([
      `${path}:2:3: server.prot is not a known key; did you mean port?`,
      `${path}:4:14: models[0].base_url must be an http:// or https:// URL, got "\${S}"`,
      `${path}:4:32: models[0].max_concurrent must be ≥ 0, got -1`,
      `${path}:5:1: agents must be a list, got 3`,
    ])
  })

  test('without a name, the loadstar.yaml of the folder is checked', async () => {
    expect((await run(['config', 'check'])).stderr).toContain('loadstar.yaml: cannot be read')
  })

  test('the schema is printed as JSON', async () => {
    const { code, stdout } = await run(['config', 'schema'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual(configJsonSchema())
  })
})

describe.concurrent('loadstar assign', () => {
  test('the table tells pairs, scores, what is missing, who got none, how full models are, and totals', async () => {
    const { code, stdout } = await run(['assign', '-'], { input: JSON.stringify(TEAM) })
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001b[')
    expect(stdout).toMatch(/Coder +│ Model M │ +\d+\.\d/)
    expect(stdout).toMatch(/Poet .*│ poetry/)
    expect(stdout).toMatch(/unassigned Away: .+/)
    expect(stdout).toMatch(/Model M │ +2 │ +2 │ +100\.0 %/)
    expect(stdout).toMatch(/^optimal, load balancing on: 2 of 3 agents assigned, total score \d+\.\d/m)
  })

  test('a configuration file will do, whose secrets need not be there', async () => {
    const text = readFileSync(EXAMPLE, 'utf8').replace(
      'max_concurrent: 12',
      'max_concurrent: ${MC}\n    api_key: ${NO}',
    )
    const { code, stdout } = await run(['assign', file('own.yaml', text), '--json'], { env: { MC: '1' } })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      strategy_used: 'optimal',
      load_balancing_enabled: true,
      total_assignments: 5,
      models: [{ model_id: 'atlas-70b', max_concurrent: 1, assigned: 1 }, {}, {}],
    })
  })

  test('strategy and load balancing are the flag’s, else the file’s', async () => {
    const input = JSON.stringify({ ...TEAM, strategy: 'greedy', enable_load_balancing: false })
    const used = async (...flags: string[]) => {
      const { stdout } = await run(['assign', '-', '--json', ...flags], { input })
      const { strategy_used, load_balancing_enabled } = JSON.parse(stdout) as Record<string, unknown>
      return [strategy_used, load_balancing_enabled]
    }
    expect(await used()).toEqual(['greedy', false])
    expect(await used('--strategy', 'balanced', '--load-balancing')).toEqual(['balanced', true])
    expect(await used('--strategy', 'optimal', '--no-load-balancing')).toEqual(['optimal', false])
  })

  test.each([
    ['{"agents":[]', 'YAML: '],
    ['[]', 'standard input:1:1: the input must be a mapping, got an empty list'],
    ['{}', 'agents is required'],
    [JSON.stringify({ ...TEAM, agents: [{ id: 'a' }, { id: 'a' }] }), 'agents[1].id must be unique'],
    [JSON.stringify({ ...TEAM, models: [{ id: 'm' }] }), 'models[0].max_concurrent is required'],
    [JSON.stringify({ ...TEAM, stratgy: 'greedy' }), 'stratgy is not a known key; did you mean strategy?'],
    ['agents: []\nmodels: [{ id: m, max_concurrent: 1, capabilities: { coding: .nan } }]', 'got NaN'],
  ])('%s is refused with exit code 2', async (input, message) => {
    const { code, stdout, stderr } = await run(['assign', '-'], { input })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  test('a CSV score matrix is paired, explained, and empty cells are never made', async () => {
    const csv = 'agent,A,B\nmax_concurrent,1,2\nann,90,80.5\n"bob, jr",95,\n'
    const { code, stdout } = await run(['assign', file('scores.csv', csv), '--explain'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/ann +│ B +│ +80\.5/)
    expect(stdout).toMatch(/bob, jr +│ A +│ +95\.0/)
    expect(stdout).toMatch(/ann +│ – +│ +– │ +80\.5 │ +0\.0/)
    expect(stdout).toMatch(/A +│ +9\.5 │ +95\.0 │ +9\.5 │ by solving anew/)
    expect(stdout).toContain('total score 175.5, proved optimal')
    const piped = await run(['assign', '-', '--csv', '--capacities', '1', '--json'], {
      input: 'a,A\nx,5\ny,6\n',
    })
    expect(JSON.parse(piped.stdout)).toMatchObject({ total_score: 6, total_assignments: 1 })
  })

  test('a CSV with mistakes has each told with line, row and column', async () => {
    const input = 'a,A,A\nx,1,high\nx,101\n'
    const { code, stdout, stderr } = await run(['assign', '-', '--csv', '--capacities', '1,2,3'], { input })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trim().split('\n')).toEqual([
      'standard input:1:1: column 3 of the header must be unique, got "A" again',
      'standard input:1:1: --capacities must be one number or 2, one per model, got 3',
      'standard input:2:1: row "x", column "A" must be a number within 0..100, got "high"',
      'standard input:3:1: the first column must be unique, got "x" again',
      'standard input:3:1: row "x" must have 3 cells as the header, got 2',
      'standard input:3:1: row "x", column "A" must be a number within 0..100, got "101"',
    ])
    const none = await run(['assign', '-', '--csv'], { input: 'a,A\nx,1\n' })
    expect(none.stderr).toContain('add a second row that starts with max_concurrent, or --capacities')
    const broken = await run(['assign', '-', '--csv', '--capacities', '1'], { input: 'a,A\n"x,1\n' })
    expect(broken).toMatchObject({ code: 2 })
    expect(broken.stderr).toContain('is no CSV: ')
    expect((await run(['assign', '-', '--capacities', '1'])).stderr).toContain(
      'belongs to a CSV score matrix',
    )
  })

  test('a large one is paired in a worker and written in pieces', async () => {
    const agents = Array.from({ length: 5000 }, (_, i) => ({ id: `a${i}` }))
    const input = JSON.stringify({
      agents,
      models: Array.from({ length: 6 }, (_, j) => ({ id: `m${j}`, max_concurrent: 999 })),
    })
    const { code, stdout, stderr } = await run(['assign', '-', '--json'], { input })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect((JSON.parse(stdout) as { assignments: unknown[] }).assignments).toHaveLength(5000)
  })

  test('a reader that leaves early ends it quietly', async () => {
    const agents = Array.from({ length: 5000 }, (_, i) => ({ id: `a${i}` }))
    const models = [{ id: 'm', max_concurrent: 5000 }]
    const child = start(['assign', '-', '--json', '--strategy', 'greedy'])
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdout.once('data', () => child.stdout.destroy())
    child.stdin.end(JSON.stringify({ agents, models }))
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

describe.concurrent('loadstar serve', () => {
  test.each([
    ['serve', ['serve', '-c', 'own.yaml'], 'own.yaml'],
    ['start, in a folder with a configuration', ['start'], 'loadstar.yaml'],
  ])('%s tells where it listens, answers there, and SIGTERM ends it cleanly', async (_name, args, name) => {
    const own = mkdtempSync(join(folder, 'serve-'))
    writeFileSync(join(own, name), 'storage: { url: "file::memory:" }\nserver: { port: 1 }\n')
    const child = start([...args, '--port', '0'], { LOG_LEVEL: 'error' }, own)
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    let stdout = ''
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => reject(new Error(text)))
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
        const found = /Gateway +(http:\/\/127\.0\.0\.1:\d+)\/v1/.exec(stdout)?.[1]
        if (found !== undefined) resolve(found)
      })
    })
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(stdout).toContain(`Loadstar serves ${name}: 0 models, 0 agents`)
    expect(stdout).toContain('Stopping')
  })

  test('a port that is taken is one clear line and exit code 1', async () => {
    const path = file('taken.yaml', 'storage: { url: "file::memory:" }\n')
    const { createServer } = await import('node:net')
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const { code, stderr } = await run(['serve', '-c', path, '--port', String(port)], {
      env: { LOG_LEVEL: 'silent' },
    })
    other.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^loadstar: port ${port} is taken; .+\n$`))
  })
})
