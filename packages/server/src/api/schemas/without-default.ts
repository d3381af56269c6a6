import type { z } from 'zod'

/** A field of the configuration as a change has it: left out, it stays as it is instead of getting its default. */
export function withoutDefault<Field extends z.ZodType>(field: z.ZodDefault<Field>): z.ZodOptional<Field> {
  const { description = '' } = field
  return field.unwrap().optional().describe(description)
}
