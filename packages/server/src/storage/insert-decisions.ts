import type Database from 'libsql'
import { CompiledQuery, type Kysely } from 'kysely'
import { DECISION_COLUMNS, type DecisionRow } from '../history/decision-row.js'
import type { HistoryTables } from './history-tables.js'
import type { InsertRows } from './sql-history-store.js'

const COLUMNS = DECISION_COLUMNS.join(', ')

/** Rows after which libSQL looks again at which index holds how much; the first time after a hundredth of it. */
const ROWS_PER_ANALYSIS = 100_000

/** Into a libSQL database: row by row with one prepared statement, in one transaction. */
export function libsqlInsert(database: Database.Database): InsertRows {
  const places = DECISION_COLUMNS.map(() => '?').join(', ')
  const insert = database.prepare(`INSERT INTO decisions (${COLUMNS}) VALUES (${places})`)
  const insertAll = database.transaction((rows: readonly DecisionRow[]) => {
    for (const row of rows) insert.run(...DECISION_COLUMNS.map((column) => row[column]))
  })
  let untilAnalysis = ROWS_PER_ANALYSIS / 100
  return (rows) => {
    const list = JSON.parse(rows) as readonly DecisionRow[]
    insertAll.immediate(list)
    untilAnalysis -= list.length
    if (untilAnalysis <= 0) {
      untilAnalysis = ROWS_PER_ANALYSIS
      // A few hundred rows of each index tell enough, in milliseconds, of which is the best for a query.
      database.exec('PRAGMA analysis_limit = 400; ANALYZE')
    }
    return Promise.resolve()
  }
}

/** Into PostgreSQL: the list goes there as one parameter, and the server takes it apart. */
export function postgresInsert(db: Kysely<HistoryTables>): InsertRows {
  // Taken apart by the types that the table's own columns have.
  const insert = `INSERT INTO decisions (${COLUMNS}) SELECT ${COLUMNS} FROM json_populate_recordset(NULL::decisions, $1::json)`
  return async (rows) => {
    await db.executeQuery(CompiledQuery.raw(insert, [rows]))
  }
}
