import { z } from 'zod'
import type { AccountView } from '../../budgets/book.js'
import { ownerOf } from '../../gateway/charge.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'

const LIMIT = z.object({
  window: z.enum(['minute', 'day', 'month']).describe('The last sixty seconds, or a day or month of UTC.'),
  measure: z.enum(['requests', 'tokens', 'cost_usd']),
  limit: z.number().positive(),
  used: z.number().min(0).describe('What running requests may yet need included.'),
  remaining: z.number().min(0),
  resets_in_ms: z.number().min(0).describe('Milliseconds until nothing of what is used counts any more.'),
})

const BUDGET = z.object({
  key: z.string().nullable().describe('Id of the key whose budget it is.'),
  agent: z.string().nullable().describe('Id of the agent whose budget it is.'),
  limits: z.array(LIMIT),
})

/** What keys and agents have spent. */
export function budgetsRoute(app: ZodApp, { budgets }: ApiDeps): void {
  app.get(
    `${PREFIX}/budgets`,
    {
      schema: {
        tags: ['budgets'],
        summary: 'How every budget stands',
        response: { 200: z.object({ success: z.literal(true), budgets: z.array(BUDGET) }) },
      },
    },
    () => ({ success: true as const, budgets: budgets().map(budgetView) }),
  )
}

function budgetView({ payer, limits }: AccountView) {
  const { kind, id } = ownerOf(payer)
  return {
    key: kind === 'key' ? id : null,
    agent: kind === 'agent' ? id : null,
    limits: limits.map(({ resetMs, ...limit }) => ({ ...limit, resets_in_ms: Math.ceil(resetMs) })),
  }
}
