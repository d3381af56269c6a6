import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** They start processes at their limits, count what a whole process did, or change what all of it sees. */
const ALONE = [
  'packages/server/src/{cli,fleet}/**/*.test.ts',
  'packages/server/test/{budgets,fuzz,opentelemetry,overload,ten-thousand}.test.ts',
]
/** They share nothing that one could leave behind for another, so they need not load everything anew for each file. */
const PURE = ['packages/core/**/*.test.ts', 'packages/server/src/**/*.test.ts']
/** Neither do these: what they leave behind ends with the servers, processes and browsers that each starts for itself. */
const LIVE = ['packages/{server,dashboard}/test/**/*.test.ts', 'packages/dashboard/src/**/*.test.ts']

const NOT_OURS = '**/node_modules/**'

export default defineConfig({
  resolve: {
    alias: {
      '@loadstar/core': fileURLToPath(new URL('./packages/core/src/index.ts', import.meta.url)),
    },
  },
  test: {
    // The longest files wait for sockets and processes most of their time: on two cores, too, two run at once.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // In the order of their names: the shortest files come last, when one worker may be done before the other.
      { extends: true, test: { name: 'alone', include: ALONE } },
      { extends: true, test: { name: 'live', include: LIVE, exclude: [NOT_OURS, ...ALONE], isolate: false } },
      { extends: true, test: { name: 'pure', include: PURE, exclude: [NOT_OURS, ...ALONE], isolate: false } },
    ],
  },
})
