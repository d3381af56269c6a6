import { z } from 'zod'

export const LONGEST_MS = 86_400_000
export const MIB = 1_048_576

/** Milliseconds of something that must take time, up to a day. */
export const milliseconds = z.int().min(1).max(LONGEST_MS)
/** Milliseconds, up to a day, of something that may also be nothing. */
export const millisecondsOrNone = z.int().min(0).max(LONGEST_MS)
export const share = z.number().min(0).max(1)
/** A name for people. */
export const name = z.string().min(1).max(256)
