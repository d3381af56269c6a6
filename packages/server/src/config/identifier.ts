import { z } from 'zod'

const RULE =
  'must be 1 to 128 of the characters A-Z a-z 0-9 . _ : - with single / inside, so that it fits in a URL and a header'
const LONGEST = 128
const PART = /^[A-Za-z0-9._:-]+$/

/**
 * The rule an id of a model, an alias or an agent breaks, or `undefined` when it is fine.
 *
 * `auto`, `auto/…` and `agent/…` are refused because clients write them where a model's name stands.
 */
function idRule(id: string): string | undefined {
  if (id.length > LONGEST) return RULE
  // A URL library resolves `/models/../x` before it is sent, so a part of dots alone would never arrive.
  if (!id.split('/').every((part) => PART.test(part) && !/^\.+$/.test(part))) return RULE
  if (id === 'auto' || /^(auto|agent)\//.test(id)) {
    return 'must not be auto nor start with auto/ or agent/, which name a choice rather than a model'
  }
  return undefined
}

/** An id of a model, an alias or an agent; see `idRule`. */
export const identifier = z.string().superRefine((id, context) => {
  const rule = idRule(id)
  if (rule !== undefined) context.addIssue({ code: 'custom', message: rule })
})

/** The name of an environment variable. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: 'must be the name of an environment variable' })

/** A capability's name: what also fits into the comma-separated header `x-loadstar-require`. */
export const capabilityName = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, {
  error: 'must be 1 to 64 of the characters A-Z a-z 0-9 . _ : -',
})
