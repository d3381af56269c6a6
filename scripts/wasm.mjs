// Compiles the solver to WebAssembly and embeds it in the source of core. Its TypeScript is compiled as it stands but
// for lanes.ts, whose twin in packages/core/wasm works on vectors. The same sources give the same bytes.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const NETWORK = fileURLToPath(new URL('../packages/core/src/assignment/network/', import.meta.url))
const TWINS = fileURLToPath(new URL('../packages/core/wasm/', import.meta.url))
const SHARED = [
  ...['network.ts', 'heap.ts', 'places.ts', 'bids.ts', 'exchanges.ts', 'paths.ts', 'repair.ts'],
  ...['finish.ts', 'samples.ts', 'scaling.ts', 'cascade.ts'],
]

const folder = mkdtempSync(join(tmpdir(), 'loadstar-wasm-'))
try {
  for (const file of SHARED) writeFileSync(join(folder, file), forAssemblyScript(join(NETWORK, file)))
  for (const file of readdirSync(TWINS).filter((name) => name.endsWith('.ts'))) {
    writeFileSync(join(folder, file), forAssemblyScript(join(TWINS, file)))
  }
  const bytes = await compile()
  const text = `// Made by scripts/wasm.mjs from this directory and packages/core/wasm. Not to be edited.\nexport const WASM_BASE64 =\n  '${bytes.toString('base64')}'\n`
  const module = join(NETWORK, 'wasm-module.ts')
  if (!process.argv.includes('--check')) writeFileSync(module, text)
  else if (readFileSync(module, 'utf8') !== text)
    throw new Error('wasm-module.ts is out of date: run npm run wasm')
  console.log(`solver compiled to ${bytes.length} bytes of WebAssembly`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** AssemblyScript knows neither type imports nor endings of files. */
function forAssemblyScript(file) {
  return readFileSync(file, 'utf8')
    .replace(/^import type /gm, 'import ')
    .replace(/([{,] |^ +)type (?=[A-Z])/gm, '$1')
    .replace(/from '(.*)\.js'/g, "from '$1'")
}

async function compile() {
  const { error, stderr } = await asc.main([
    'entry.ts',
    ...['--baseDir', folder, '--outFile', 'solver.wasm', '--runtime', 'stub', '--enable', 'simd'],
    ...['-O3', '--noAssert', '--uncheckedBehavior', 'always', '--use', 'abort='],
  ])
  if (error !== null) throw new Error(stderr.toString(), { cause: error })
  return readFileSync(join(folder, 'solver.wasm'))
}
