import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { variableName } from '../identifier.js'
import { LONGEST_MS, MIB } from './quantities.js'

/** More than any one machine has use for: one process counts for all of them. */
export const MOST_WORKERS = 64

export const SERVER = closedObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on; HOST overrides it. Loopback, so that nothing is public by accident.'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('TCP port; PORT overrides it, 0 picks a free one. 8080 needs no special rights.'),
  allowed_hosts: z
    .array(z.string().regex(/^[A-Za-z0-9._-]{1,253}$/, { error: 'must be a host name without port' }))
    .default([])
    .describe(
      'Host names by which clients reach it while it listens on loopback, e.g. that of a proxy on the same machine that keeps the name. Addresses, localhost and server.host need not be listed; other names are refused, so that no web page whose name was made to point at this machine can use it.',
    ),
  max_body_bytes: z
    .int()
    .min(1024)
    .max(1024 * MIB)
    .default(8 * MIB)
    .describe('Largest request body, in bytes. 8 MiB holds a long conversation with a few images in it.'),
  workers: z
    .int()
    .min(1)
    .max(MOST_WORKERS)
    .default(1)
    .describe(
      'Processes that serve live requests; `--workers` overrides it. All of them share one count of every limit, kept by one more process. 1, everything in one process, is enough for some hundreds of requests a second.',
    ),
  shutdown_grace_ms: z
    .int()
    .min(0)
    .max(LONGEST_MS)
    .default(25_000)
    .describe(
      'Milliseconds that running answers may go on after SIGTERM. Just below the 30 s after which Kubernetes kills.',
    ),
  api_key_envs: z
    .array(variableName)
    .default([])
    .describe(
      'Environment variables that models added through the API may name as `api_key_env`. Whoever reaches the API can have their values sent to a server of their own, so none unless listed.',
    ),
})
