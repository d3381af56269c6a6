import { get, type Query } from './request'

const PAGE_SIZE = 1000

interface Paged {
  readonly total_pages: number
}

/** Every entry of a list of the registry, however many pages it has. */
export async function allPages<Entry, Field extends string>(
  path: string,
  field: Field,
  query: Query = {},
): Promise<readonly Entry[]> {
  const page = (number: number) =>
    get<Paged & Record<Field, readonly Entry[]>>(path, { ...query, page: number, page_size: PAGE_SIZE })
  const first = await page(1)
  const others = Array.from({ length: Math.max(0, first.total_pages - 1) }, (_, i) => page(i + 2))
  return [first, ...(await Promise.all(others))].flatMap((answer) => answer[field])
}
