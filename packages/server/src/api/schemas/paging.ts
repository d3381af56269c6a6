import { z } from 'zod'

/** Query fields of every list. */
export const PAGING = {
  page: z.coerce.number().int().min(1).max(1_000_000_000).default(1).describe('Which page, from 1.'),
  page_size: z.coerce.number().int().min(1).max(1000).default(100).describe('Entries per page.'),
}

/** Answer fields of every list. */
export const PAGE_FIELDS = {
  total_count: z.int().min(0).describe('Entries on all pages.'),
  page: z.int().min(1),
  page_size: z.int().min(1),
  total_pages: z.int().min(0),
}

interface Page {
  readonly page: number
  readonly page_size: number
}

export function pageFields(total: number, { page, page_size }: Page) {
  return { total_count: total, page, page_size, total_pages: Math.ceil(total / page_size) }
}

/** The page of a list that is in memory. */
export function pageOf<Entry>(entries: readonly Entry[], { page, page_size }: Page): readonly Entry[] {
  return entries.slice((page - 1) * page_size, page * page_size)
}
