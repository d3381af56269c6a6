import type { IncomingHttpHeaders } from 'node:http'
import type { Catalog } from '../registry/catalog.js'
import { identify, type Identity } from './identify.js'
import type { Refusal } from './refusal.js'

/** Identities kept; beyond it all are forgotten. */
const MOST_KEPT = 2_000

/** Reads who asks for what; requests that differ in nothing but their text share one identity, until the catalog changes. */
export class Identities {
  readonly #catalog: Catalog
  /** By agent, then by `model`. */
  readonly #kept = new Map<string, Map<string, Identity>>()
  #size = 0
  #version = -1

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  of(model: string, headers: IncomingHttpHeaders): Identity | Refusal {
    const agent = headers['x-agent-id'] ?? ''
    if (typeof agent !== 'string' || hasWishes(headers)) return identify(model, headers, this.#catalog)
    if (this.#catalog.version !== this.#version || this.#size >= MOST_KEPT) this.#forget()
    const known = this.#kept.get(agent)?.get(model)
    if (known) return known
    const read = identify(model, headers, this.#catalog)
    if ('status' in read) return read
    const identity = { ...read, isShared: true }
    this.#keep(agent, model, identity)
    return identity
  }

  #keep(agent: string, model: string, identity: Identity): void {
    const ofAgent = this.#kept.get(agent) ?? new Map<string, Identity>()
    ofAgent.set(model, identity)
    this.#kept.set(agent, ofAgent)
    this.#size++
  }

  #forget(): void {
    this.#kept.clear()
    this.#size = 0
    this.#version = this.#catalog.version
  }
}

/** What only single requests say. */
function hasWishes(headers: IncomingHttpHeaders): boolean {
  return (
    headers['x-loadstar-require'] !== undefined ||
    headers['x-loadstar-deadline-ms'] !== undefined ||
    headers['x-loadstar-priority'] !== undefined ||
    headers['x-loadstar-explain'] !== undefined
  )
}
