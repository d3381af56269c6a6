import type { ApiDeps } from '../api/deps.js'
import type { Config } from '../config/config.js'
import { testConnection } from '../gateway/connection-test.js'
import { keysFrom } from '../gateway/upstream-key.js'
import { Upstreams } from '../gateway/upstreams.js'
import type { Ledger } from './ledger.js'

/** Long enough for a model that is loaded first, short enough for somebody who waits before a page. */
const TIMEOUT_MS = 15_000

/** Tests connections to models with ones of its own, so that it works where workers have those of live requests. */
export function connectionTests(
  { routing, server }: Pick<Config, 'routing' | 'server'>,
  { admission }: Pick<Ledger, 'admission'>,
  clock: () => number,
): ApiDeps['testConnection'] {
  const keyOf = keysFrom(process.env, server.apiKeyEnvs)
  return async (model) => {
    const upstreams = new Upstreams(routing.timeouts.connectMs)
    try {
      return await testConnection(model, { upstreams, keyOf, admission, timeoutMs: TIMEOUT_MS, clock })
    } finally {
      await upstreams.close()
    }
  }
}
