import { z } from 'zod'
import { closedObject } from '../closed-object.js'

export const STORAGE = closedObject({
  url: z
    .string()
    .regex(/^(file:.|postgres(ql)?:\/\/)/, {
      error: 'must be file:<path>, file::memory: or postgres://<user>:<password>@<host>:<port>/<database>',
    })
    .default('file:loadstar.db')
    .describe(
      'Where registry and assignments are kept: `file:<path>`, relative to the working directory, `file::memory:` to keep nothing, or `postgres://user:password@host:5432/database`; DATABASE_URL overrides it. A file beside you needs no server; PostgreSQL is kept, copied and watched with everything else you keep there.',
    ),
})
