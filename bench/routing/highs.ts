/** What is used of the solver, whose own types describe its CommonJS form. */
export interface Highs {
  solve(program: string): {
    readonly Status: string
    readonly ObjectiveValue: number
    readonly Columns: Readonly<Record<string, { readonly Primal: number }>>
    readonly Rows: readonly { readonly Name: string; readonly Dual: number }[]
  }
}

/** Linear programs in the CPLEX LP format. */
export async function loadHighs(): Promise<Highs> {
  const { default: load } = (await import('highs')) as unknown as { default: () => Promise<Highs> }
  return load()
}
