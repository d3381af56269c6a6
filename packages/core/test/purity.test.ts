import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser'
import { ESLint } from 'eslint'
import { describe, expect, test } from 'vitest'
import { compilerErrors, programOfCore } from './purity-program.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const CORE = join(ROOT, 'packages/core')

const NO_SUCH_NAME = 2304
const NO_SUCH_NAME_TRY_DOM = 2584
const NO_SUCH_NAME_TRY_NODE = 2591
const NO_SUCH_MODULE = 2307

/** What core must not do, what the compiler says to it (nothing: it compiles), and what the linter says. */
const IMPURE: Readonly<Record<string, { text: string; compiler: number[]; linter?: string }>> = {
  'purity-timer.ts': { text: 'setTimeout(() => {}, 1)\n', compiler: [NO_SUCH_NAME] },
  'purity-network.ts': { text: "void fetch('http://h')\n", compiler: [NO_SUCH_NAME] },
  'purity-process.ts': { text: 'export const home = process.cwd()\n', compiler: [NO_SUCH_NAME_TRY_NODE] },
  'purity-log.ts': {
    text: "console.log('x')\n",
    compiler: [NO_SUCH_NAME_TRY_DOM],
    linter: 'no-restricted-globals',
  },
  'purity-file.ts': {
    text: "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n",
    compiler: [NO_SUCH_NAME_TRY_NODE],
    linter: 'no-restricted-imports',
  },
  'purity-clock.ts': {
    text: 'export const now = Date.now()\n',
    compiler: [],
    linter: 'no-restricted-globals',
  },
  'purity-date.ts': {
    text: 'export const now = new Date()\n',
    compiler: [],
    linter: 'no-restricted-globals',
  },
  'purity-performance.ts': {
    text: 'export const now = performance.now()\n',
    compiler: [NO_SUCH_NAME],
    linter: 'no-restricted-globals',
  },
  'purity-chance.ts': {
    text: 'export const luck = Math.random()\n',
    compiler: [],
    linter: 'no-restricted-properties',
  },
  'purity-package.ts': {
    text: "import { z } from 'no-such-package'\nexport const schema: unknown = z\n",
    compiler: [NO_SUCH_MODULE],
    linter: 'no-restricted-imports',
  },
}

const PURE = `import { LoadstarError } from './error.js'

/** Mean of some numbers. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new LoadstarError('OPTION_INVALID', 'values', 'must not be empty', 0)
  return values.reduce((sum, value) => sum + Math.max(value, 0), 0) / values.length
}
`

const program = programOfCore(CORE, {
  'purity-fine.ts': PURE,
  ...Object.fromEntries(Object.entries(IMPURE).map(([name, { text }]) => [name, text])),
})

describe('the compiler, under the tsconfig of core', () => {
  test('accepts pure code', () => {
    expect(compilerErrors(program, 'purity-fine.ts')).toEqual([])
  })

  test.each(Object.entries(IMPURE).filter(([, { compiler }]) => compiler.length > 0))(
    'refuses %s',
    (name, { compiler }) => {
      expect(compilerErrors(program, name)).toEqual(compiler)
    },
  )
})

describe('the linter, under the rules of the repository', () => {
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfig: { languageOptions: { parserOptions: { project: null, programs: [program] } } },
  })

  async function brokenRules(name: string, text: string): Promise<(string | null)[]> {
    const [result] = await eslint.lintText(text, { filePath: join(CORE, 'src', name) })
    return (result?.messages ?? []).map(({ ruleId }) => ruleId)
  }

  test('accepts pure code', async () => {
    expect(await brokenRules('purity-fine.ts', PURE)).toEqual([])
  })

  test.each(Object.entries(IMPURE).filter(([, { linter }]) => linter !== undefined))(
    'refuses %s',
    async (name, { text, linter }) => {
      expect(await brokenRules(name, text)).toContain(linter)
    },
  )
})

describe('the import rules of the repository', () => {
  const configuration = createRequire(import.meta.url)(
    join(ROOT, '.dependency-cruiser.cjs'),
  ) as IConfiguration

  /** Which rules a tree of files breaks, as `rule: from → to`. */
  async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'loadstar-purity-')))
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(root, dirname(path)), { recursive: true })
        writeFileSync(join(root, path), text)
      }
      const { forbidden = [], options } = configuration
      const { output } = await cruise(['packages'], {
        ...options,
        baseDir: root,
        validate: true,
        ruleSet: { forbidden },
      })
      const { summary } = output as ICruiseResult
      return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort()
    } finally {
      rmSync(root, { recursive: true })
    }
  }

  test('accept a core that imports core, and a server room that imports what it may', async () => {
    expect(
      await violations({
        'packages/core/src/a.ts': "import { b } from './b.js'\nexport const a = b\n",
        'packages/core/src/b.ts': 'export const b = 1\n',
        'packages/server/src/gateway/g.ts': "import { c } from '../config/c.js'\nexport const g = c\n",
        'packages/server/src/config/c.ts': 'export const c = 1\n',
      }),
    ).toEqual([])
  })

  test.each([
    ['the server', "import { s } from '../../server/src/registry/s.js'\nexport const a = s\n"],
    ['a type of the server', "import type { S } from '../../server/src/registry/s.js'\nexport type A = S\n"],
  ])('refuse a core that imports %s', async (_, text) => {
    expect(
      await violations({
        'packages/core/src/a.ts': text,
        'packages/server/src/registry/s.ts': 'export const s = 1\nexport type S = number\n',
      }),
    ).toEqual(['core-imports-nothing: packages/core/src/a.ts → packages/server/src/registry/s.ts'])
  })

  test('refuse a core that imports Node', async () => {
    const found = await violations({ 'packages/core/src/a.ts': "import 'node:fs'\n" })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^core-imports-nothing: packages\/core\/src\/a\.ts → (node:)?fs$/)
  })

  test('refuse a cycle, even one of types alone', async () => {
    const found = await violations({
      'packages/core/src/a.ts': "import { b } from './b.js'\nexport const a = b\nexport type A = number\n",
      'packages/core/src/b.ts': "import type { A } from './a.js'\nexport const b: A = 1\n",
    })
    expect(found.map((text) => text.split(':')[0])).toContain('no-cycle')
  })

  test('refuse a server room that reaches against the arrows', async () => {
    expect(
      await violations({
        'packages/server/src/config/c.ts': "import { g } from '../gateway/g.js'\nexport const c = g\n",
        'packages/server/src/gateway/g.ts': 'export const g = 1\n',
      }),
    ).toEqual(['config-imports: packages/server/src/config/c.ts → packages/server/src/gateway/g.ts'])
  })
})
