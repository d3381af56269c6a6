import { z } from 'zod'
import { closedObject } from '../closed-object.js'

export const STORAGE = closedObject({
  url: z
    .string()
    .regex(/^file:./, { error: 'must be file:<path> or file::memory:' })
    .default('file:loadstar.db')
    .describe(
      'Where registry and assignments are kept: `file:<path>`, relative to the working directory, or `file::memory:` to keep nothing; DATABASE_URL overrides it. A file beside you needs no server.',
    ),
})
