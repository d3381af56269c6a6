import { pino } from 'pino'
import { startInstance, type Instance } from '../src/cli/instance.js'
import type { Config } from '../src/config/config.js'
import { parseConfig } from '../src/config/parse.js'

/** A configuration as a user would write it, on a free port and with a database in memory. */
export function configOf(yaml: string, env: NodeJS.ProcessEnv = {}): Config {
  const config = parseConfig(yaml, env, 'test.yaml')
  return { ...config, server: { ...config.server, port: 0 }, storage: { url: 'file::memory:' } }
}

/** An instance in this process whose log does not fill the test's output. */
export function quietInstance(config: Config): Promise<Instance> {
  return startInstance(config, { logger: pino({ level: 'silent' }) })
}
