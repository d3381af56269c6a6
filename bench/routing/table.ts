/** A markdown table; the first column is text, all others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (column === 0 ? ':--' : '--:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** Mean over seeds, and how far they lie apart: `1.02 (1.01–1.04)`. */
export function spanned(values: readonly number[], digits: number, factor = 1): string {
  const shown = (value: number) => (value * factor).toFixed(digits)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const least = shown(Math.min(...values))
  const most = shown(Math.max(...values))
  return least === most ? shown(mean) : `${shown(mean)} (${least}–${most})`
}
