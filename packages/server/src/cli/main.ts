#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { registerAssign } from './assign.js'
import { registerConfig } from './config.js'
import { registerDemo } from './demo.js'
import { EXIT_CODES } from './exit-code.js'
import { registerFleet } from './fleet.js'
import { endQuietlyOnBrokenPipe, reportFailure } from './output.js'
import { registerReplay } from './replay.js'
import { registerServe } from './serve.js'
import { registerStart } from './start.js'
import { VERSION } from './version.js'

const EXAMPLES = `
Examples:
  loadstar demo                         see it work: simulated models, the gateway, traffic
  loadstar serve                        serve loadstar.yaml of this folder
  loadstar config check                 tell everything that is wrong with loadstar.yaml
  loadstar assign loadstar.yaml         pair its agents with its models
  loadstar replay decisions.jsonl       what other policies would have made of recorded requests
  loadstar help <command>               more on one command

Exit codes: 0 done, 1 could not be done, 2 wrong usage or input.`

endQuietlyOnBrokenPipe(process.stdout)
endQuietlyOnBrokenPipe(process.stderr)

const program = new Command('loadstar')
  .description(
    'A load-aware router between AI agents and language models that never exceeds what a model can carry.',
  )
  .version(VERSION, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print what a command does, with examples')
  .addHelpText('after', EXAMPLES)
  .showHelpAfterError('See loadstar --help.')
  .exitOverride()

for (const register of [
  registerStart,
  registerDemo,
  registerServe,
  registerConfig,
  registerAssign,
  registerFleet,
  registerReplay,
]) {
  register(program)
}

try {
  await program.parseAsync()
} catch (error) {
  // commander has told the user already; only help and version that were asked for are no mistake.
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.badInput
  else reportFailure(error)
}
