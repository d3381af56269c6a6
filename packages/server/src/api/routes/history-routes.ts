import { Readable } from 'node:stream'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { exportHeader } from '../../history/export-lines.js'
import type { HistoryReader } from '../../history/history.js'
import { EXPORT_FORMATS, type Cursor, type DecisionQuery, type ExportFormat } from '../../history/store.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import {
  cursorOf,
  cursorText,
  DECISION_RECORD,
  HISTORY_FILTERS,
  queryOf,
  recordView,
} from '../schemas/history-schema.js'
import { refusals } from '../schemas/refusals.js'

const PATH = `${PREFIX}/decisions`
/** Rows of a piece of an export: read, written out and sent in a few milliseconds, apart from the event loop. */
const ROWS_PER_PIECE = 500
const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
}

const LIST = {
  tags: ['decisions'],
  summary: 'Requests that ended, the latest first',
  description:
    'Pages are read on from `next_cursor`, so each costs the same, and none repeats or misses a request while others come.',
  querystring: closedObject({
    ...HISTORY_FILTERS,
    page_size: z.coerce.number().int().min(1).max(1000).default(100).describe('Entries per page.'),
    cursor: z.string().min(1).optional().describe('`next_cursor` of the page before.'),
  }),
  response: {
    200: z.object({
      success: z.literal(true),
      decisions: z.array(DECISION_RECORD),
      page_size: z.int(),
      next_cursor: z.string().nullable().describe('Null on the last page.'),
    }),
    ...refusals(400, 404, 503),
  },
}

const EXPORT = {
  tags: ['decisions'],
  summary: 'Requests that ended as a file, the first that arrived first',
  description:
    'Sent while it is read, however long it is. In CSV a text that a spreadsheet would take for a formula is led by an apostrophe.',
  produces: ['text/csv', 'application/jsonl'],
  querystring: closedObject({
    ...HISTORY_FILTERS,
    format: z.enum(EXPORT_FORMATS).default('jsonl').describe('`jsonl` is what `loadstar replay` reads.'),
  }),
  response: { 200: z.string(), ...refusals(400, 404, 503) },
}

/** What was recorded of requests. */
export function historyRoutes(app: ZodApp, { history, clock }: ApiDeps): void {
  app.get(PATH, { schema: LIST }, async ({ query }) => {
    const { rows, next } = await recorded(history).page({
      ...queryOf(query),
      order: 'newest_first',
      limit: query.page_size,
      ...(query.cursor === undefined ? {} : { after: cursorOf(query.cursor) }),
    })
    return {
      success: true as const,
      decisions: rows.map(recordView),
      page_size: query.page_size,
      next_cursor: next === null ? null : cursorText(next),
    }
  })

  app.get(`${PATH}/export`, { schema: EXPORT }, async ({ query }, reply) => {
    const { format } = query
    // What comes while it is sent is not part of it: it ends.
    const wanted = { toMs: clock(), ...queryOf(query), order: 'oldest_first', limit: ROWS_PER_PIECE } as const
    const pieces = piecesOf(recorded(history), wanted, format)
    // Asked for before the answer begins, so that a database that is away is told by its status.
    const first = await pieces.next()
    reply.type(MEDIA_TYPES[format])
    reply.header('content-disposition', `attachment; filename="decisions.${format}"`)
    const file = Readable.from(joined(exportHeader(format), first, pieces), { objectMode: false })
    return reply.send(file as never)
  })
}

function recorded(history: HistoryReader | undefined): HistoryReader {
  if (history !== undefined) return history
  throw new ApiError(404, 'history_disabled', 'requests are not recorded: history.enabled is false')
}

/** Each is asked for when the one before was taken: a slow reader holds one piece in memory. */
async function* piecesOf(
  history: HistoryReader,
  query: DecisionQuery,
  format: ExportFormat,
): AsyncGenerator<string, undefined> {
  let after: Cursor | undefined
  do {
    const { text, next } = await history.piece(after === undefined ? query : { ...query, after }, format)
    yield text
    after = next ?? undefined
  } while (after !== undefined)
}

async function* joined(
  header: string,
  first: IteratorResult<string, undefined>,
  rest: AsyncGenerator<string, undefined>,
): AsyncGenerator<string> {
  yield header + (first.value ?? '')
  yield* rest
}
