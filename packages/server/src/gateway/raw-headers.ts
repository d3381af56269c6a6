/** Headers as Node writes them fastest: name, value, name, value. */
export type RawHeaders = readonly string[]
