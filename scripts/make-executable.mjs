// tsc writes files without the executable bit; `npx loadstar` and a linked bin need it.
import { chmodSync } from 'node:fs'

chmodSync(new URL('../packages/server/dist/cli/main.js', import.meta.url), 0o755)
