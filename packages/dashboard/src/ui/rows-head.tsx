/** What stands above a column, and what it means. */
export interface HeadColumn {
  readonly text: string
  readonly tip: string
  readonly isNumber?: true
}

interface RowsHeadProps {
  /** Class of the grid that the rows have as well. */
  readonly grid: string
  readonly columns: readonly HeadColumn[]
}

/** The head of a table whose rows are in an order of their own. */
export function RowsHead({ grid, columns }: RowsHeadProps) {
  return (
    <div class={`rows-head ${grid}`} role="row" aria-rowindex={1}>
      {columns.map(({ text, tip, isNumber }) => (
        <div key={text} role="columnheader" class={isNumber === true ? 'number' : ''}>
          <span class="sort" data-tip={tip}>
            {text}
          </span>
        </div>
      ))}
    </div>
  )
}
