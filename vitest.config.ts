import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const ALL = ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts']
/** They share nothing that one could leave behind for another, so they need not load everything anew for each file. */
const PURE = ['packages/core/**/*.test.ts', 'packages/server/src/{config,gateway}/**/*.test.ts']

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
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'other', include: ALL, exclude: ['**/node_modules/**', ...PURE] } },
    ],
  },
})
