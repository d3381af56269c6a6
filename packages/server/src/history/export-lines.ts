import { DECISION_COLUMNS, type DecisionRow } from './decision-row.js'
import { viewOf } from './decision-view.js'
import type { ExportFormat } from './store.js'

/** What a file of this format begins with. */
export function exportHeader(format: ExportFormat): string {
  return format === 'csv' ? `${DECISION_COLUMNS.join(',')}\r\n` : ''
}

/** One line for each row, each with its end. */
export function exportLines(rows: readonly DecisionRow[], format: ExportFormat): string {
  let text = ''
  for (const row of rows) text += format === 'csv' ? csvLine(row) : `${JSON.stringify(viewOf(row))}\n`
  return text
}

function csvLine(row: DecisionRow): string {
  return `${DECISION_COLUMNS.map((column) => csvCell(row[column])).join(',')}\r\n`
}

/** RFC 4180; a text that a spreadsheet would take for a formula is led by an apostrophe, as OWASP advises. */
function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
