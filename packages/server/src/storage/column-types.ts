import type { ColumnDataType, CreateTableBuilder } from 'kysely'

export type Engine = 'sqlite' | 'postgres'

/** How each database calls columns, by what they hold. */
export interface ColumnTypes {
  /** Whole numbers up to 2^53, as are Unix milliseconds. */
  readonly whole: ColumnDataType
  /** Numbers of 64 bits with a fraction. */
  readonly real: ColumnDataType
  /** Adds `seq`, which numbers rows in the order of their insertion. */
  readonly numbered: <Table extends string, Columns extends string>(
    table: CreateTableBuilder<Table, Columns>,
  ) => CreateTableBuilder<Table, Columns | 'seq'>
}

const SQLITE: ColumnTypes = {
  whole: 'integer',
  real: 'real',
  numbered: (table) => table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement()),
}

/** Its `integer` has 32 bits, as has its `real`. */
const POSTGRES: ColumnTypes = {
  whole: 'bigint',
  real: 'double precision',
  numbered: (table) => table.addColumn('seq', 'bigserial', (column) => column.primaryKey()),
}

export function columnTypesOf(engine: Engine): ColumnTypes {
  return engine === 'postgres' ? POSTGRES : SQLITE
}
