/** Import direction and cycles: the arrows of docs/concepts/architecture.md. @type {import('dependency-cruiser').IConfiguration} */
const onlyFrom = (room, allowed) => ({
  name: `${room}-imports`,
  severity: 'error',
  comment: `packages/server/src/${room} may import: ${allowed.join(', ') || 'nothing of the server'}`,
  from: { path: `^packages/server/src/${room}/`, pathNot: '[.](test|contract)[.]ts$' },
  to: {
    path: '^packages/server/src/',
    pathNot: [room, ...allowed].map((name) => `^packages/server/src/${name}/`),
  },
})

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nothing',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: '[.](test|contract)[.]ts$' },
      to: { pathNot: '^packages/core/src/' },
    },
    {
      name: 'no-test-in-production',
      severity: 'error',
      from: { pathNot: '[.](test|contract)[.]ts$|^packages/[^/]+/test/' },
      to: { path: '[.](test|contract)[.]ts$|^packages/[^/]+/test/' },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'dashboard-speaks-http',
      severity: 'error',
      comment: 'the web page imports nothing of the server or core',
      from: { path: '^packages/dashboard/src/' },
      to: { path: '^packages/(core|server)/' },
    },
    onlyFrom('config', ['registry']),
    onlyFrom('registry', []),
    onlyFrom('storage', ['registry', 'alerts', 'budgets', 'learning', 'telemetry', 'history']),
    onlyFrom('history', ['registry', 'gateway']),
    onlyFrom('gateway', ['config', 'registry']),
    onlyFrom('alerts', ['config', 'registry', 'gateway']),
    onlyFrom('budgets', ['config', 'gateway']),
    onlyFrom('auth', ['config', 'gateway']),
    onlyFrom('caches', ['gateway']),
    onlyFrom('api', ['config', 'registry', 'gateway', 'alerts', 'budgets', 'caches', 'history']),
    onlyFrom('learning', ['config', 'registry', 'gateway', 'api']),
    onlyFrom('cluster', ['config', 'registry', 'gateway', 'learning', 'telemetry']),
    onlyFrom('telemetry', ['config', 'registry', 'gateway', 'api']),
    onlyFrom('fleet', ['config']),
    onlyFrom('traffic', []),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^packages/core/wasm/' },
    tsConfig: { fileName: 'tsconfig.test.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}
