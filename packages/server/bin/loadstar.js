#!/usr/bin/env node
// Not compiled, so that npm finds it to link at install time, before there is anything built.
import { existsSync } from 'node:fs'

const main = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(main)) {
  await import(main.href)
} else {
  console.error('loadstar is not built yet: run npm run build')
  process.exitCode = 1
}
