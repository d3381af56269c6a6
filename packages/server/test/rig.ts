import { pino } from 'pino'
import { startInstance, type Instance } from '../src/cli/instance.js'
import type { Config } from '../src/config/config.js'
import { parseConfig } from '../src/config/parse.js'

/**
 * A configuration as a user would write it, on a free port and with a database in memory. Without a history, whose thread takes
 * longer to start than most tests to run, unless it has a section `history`.
 */
export function configOf(yaml: string, env: NodeJS.ProcessEnv = {}): Config {
  const config = parseConfig(yaml, env, 'test.yaml')
  const history = /^history:/m.test(yaml) ? config.history : { ...config.history, isEnabled: false }
  return { ...config, history, server: { ...config.server, port: 0 }, storage: { url: 'file::memory:' } }
}

/** An instance in this process whose log does not fill the test's output. */
export function quietInstance(config: Config): Promise<Instance> {
  return startInstance(config, { logger: pino({ level: 'silent' }) })
}
