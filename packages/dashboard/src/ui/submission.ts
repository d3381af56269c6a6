import { useState } from 'preact/hooks'
import { messageOf, RequestError } from '../api/request'

/** A form on its way to the server. */
export interface Submission {
  readonly isBusy: boolean
  /** What is wrong with the field of this name, in the words of the server. */
  readonly errorOf: (param: string) => string | undefined
  /** What is wrong and belongs to no field of the form. */
  readonly error: string | null
  readonly run: (send: () => Promise<unknown>) => Promise<void>
}

/** @param fields - as the API names them; what is wrong elsewhere is told for the whole form. */
export function useSubmission(fields: readonly string[]): Submission {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const param = failure instanceof RequestError ? rootOf(failure.param) : null
  const isOfField = param !== null && fields.includes(param)
  return {
    isBusy,
    errorOf: (name) => (isOfField && param === name ? messageOf(failure) : undefined),
    error: failure === null || isOfField ? null : messageOf(failure),
    run: async (send) => {
      setBusy(true)
      setFailure(null)
      try {
        await send()
      } catch (error) {
        setFailure(error)
      } finally {
        setBusy(false)
      }
    },
  }
}

/** `price.input_usd_per_mtok` → `price`. */
function rootOf(param: string | null): string | null {
  return param === null ? null : (/^[^.[]+/.exec(param)?.[0] ?? null)
}
