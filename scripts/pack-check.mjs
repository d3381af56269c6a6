// Packs what would be published and uses it the way a stranger would: installed in an empty folder. Run after a build.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const EXAMPLE = join(ROOT, 'examples/loadstar.yaml')
const USE_CORE = `
  import { assign } from '@loadstar/core'
  const agent = { id: 'a', name: 'A', type: 'inference', status: 'online', requiredCapabilities: ['coding'], preferredCapabilities: [] }
  const model = { id: 'm', name: 'M', capabilities: { coding: 1 }, contextLength: 8192, maxConcurrent: 1, maxQueue: 0, targetUtilization: 0.8 }
  const result = assign({ agents: [agent], models: [model], strategy: 'optimal', loadBalancing: true })
  console.log(result.assignments[0].modelId, result.totalScore)
`

/** Minified and compressed at most so many bytes, the WebAssembly module aside, which is loaded when it is first needed. */
const MOST_BYTES = 25_000
/** Every module begins so, in base64. */
const WASM_START = 'AGFzbQ'
const BUNDLES = {
  'the solver': 'solveTransportation, verifyAssignment',
  'the assignment engine': 'assign, solveTransportation, TransportationSolver, verifyAssignment',
  'the router': 'Router',
}

const folder = mkdtempSync(join(tmpdir(), 'loadstar-pack-'))
try {
  const core = pack('packages/core')
  const server = pack('packages/server')
  await checkCore(core)
  checkServer(core, server)
  console.log('The packages install and run.')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function checkCore(tarball) {
  const home = emptyProject('core-alone', [tarball])
  const packages = installed(home)
  expect(packages.join() === '@loadstar/core', `core alone installs one package, got ${packages.join(', ')}`)
  writeFileSync(join(home, 'use.mjs'), USE_CORE)
  const answer = run(home, process.execPath, ['use.mjs']).trim()
  expect(answer === 'm 100', `assign pairs the agent with the model at 100 points, got ${answer}`)
  for (const [what, names] of Object.entries(BUNDLES)) await checkWeight(home, what, names)
}

/** A bundle for the web of what somebody imports. */
async function checkWeight(home, what, names) {
  const input = join(home, 'entry.mjs')
  writeFileSync(input, `export { ${names} } from '@loadstar/core'\n`)
  const bundle = await rolldown({ input, cwd: home, platform: 'browser' })
  const { output } = await bundle.generate({ minify: true })
  const entry = output.find(({ isEntry }) => isEntry)
  const bytes = gzipSync(entry.code).length
  expect(bytes <= MOST_BYTES, `${what} weighs at most ${MOST_BYTES} bytes compressed, got ${bytes}`)
  expect(!entry.code.includes(WASM_START), `${what} does not hold the WebAssembly module itself`)
  console.log(`${what}: ${(bytes / 1000).toFixed(1)} kB minified and compressed`)
}

function checkServer(core, server) {
  const home = emptyProject('server', [core, server])
  const help = run(home, 'npx', ['--no-install', 'loadstar', '--help'])
  expect(help.includes('Usage: loadstar'), 'loadstar --help prints how it is used')
  const answer = JSON.parse(run(home, 'npx', ['--no-install', 'loadstar', 'assign', EXAMPLE, '--json']))
  expect(
    answer.total_assignments === 5,
    `the example's five agents are assigned, got ${answer.total_assignments}`,
  )
}

function pack(workspace) {
  const [packed] = JSON.parse(
    run(join(ROOT, workspace), 'npm', ['pack', '--json', '--pack-destination', folder]),
  )
  const files = packed.files.map(({ path }) => path)
  for (const file of ['LICENSE', 'README.md', 'package.json']) {
    expect(files.includes(file), `${packed.name} ships ${file}`)
  }
  if (workspace === 'packages/server') checkDashboard(files)
  const strays = files.filter((path) => /\.(test|contract)\.|tsbuildinfo/.test(path))
  expect(
    strays.length === 0,
    `${packed.name} ships no tests or build state, got ${strays.slice(0, 3).join(', ')}`,
  )
  console.log(`${packed.name}: ${files.length} files, ${Math.round(packed.size / 1024)} KiB packed`)
  return join(folder, packed.filename)
}

/** The page is built into the server's package, with compressed twins. */
function checkDashboard(files) {
  for (const file of ['index.html', 'index.html.br', 'index.html.gz']) {
    expect(files.includes(`dist/dashboard/${file}`), `loadstar ships dist/dashboard/${file}`)
  }
}

function emptyProject(name, tarballs) {
  const home = join(folder, name)
  mkdirSync(home)
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: `try-${name}`, private: true, type: 'module' }),
  )
  run(home, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs])
  return home
}

function installed(home) {
  const modules = join(home, 'node_modules')
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    )
}

function run(cwd, command, args) {
  // What npm sets for its own scripts would point the inner npm at this workspace.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^npm_(?!config_(cache|registry|userconfig))/i.test(key)),
  )
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

function expect(isTrue, claim) {
  if (!isTrue) throw new Error(`pack check: ${claim}`)
}
