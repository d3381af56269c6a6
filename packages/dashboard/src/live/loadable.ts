import { signal, type ReadonlySignal } from '@preact/signals'

/** What is asked of the server: on its way, refused, or here. A value stays while it is asked for again. */
export type Loadable<Value> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'ready'; readonly value: Value }

interface Resource<Value> {
  readonly state: ReadonlySignal<Loadable<Value>>
  /** Asks again; calls while it is under way become one more call after it. */
  load(): Promise<void>
  /** Changes what is here without asking. */
  change(with_: (value: Value) => Value): void
}

export function resource<Value>(ask: () => Promise<Value>): Resource<Value> {
  const state = signal<Loadable<Value>>({ kind: 'loading' })
  let underWay: Promise<void> | undefined
  let isWantedAgain = false

  const once = async (): Promise<void> => {
    if (state.peek().kind === 'failed') state.value = { kind: 'loading' }
    try {
      state.value = { kind: 'ready', value: await ask() }
    } catch (error) {
      // What is shown may be a little old; the connection's state says so.
      if (state.peek().kind !== 'ready') state.value = { kind: 'failed', error }
    }
  }

  const load = async (): Promise<void> => {
    if (underWay !== undefined) {
      isWantedAgain = true
      return underWay
    }
    underWay = once().finally(() => {
      underWay = undefined
    })
    await underWay
    if (isWantedAgain) {
      isWantedAgain = false
      await load()
    }
  }

  return {
    state,
    load,
    change: (with_) => {
      const current = state.peek()
      if (current.kind === 'ready') state.value = { kind: 'ready', value: with_(current.value) }
    },
  }
}

export function valueOf<Value>(loadable: Loadable<Value>): Value | undefined {
  return loadable.kind === 'ready' ? loadable.value : undefined
}
