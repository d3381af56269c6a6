import { payerOfAgent, payerOfKey } from './charge.js'

/** Whoever has a budget. */
export class Payers {
  readonly #all: ReadonlySet<string>

  constructor(payers: readonly string[]) {
    this.#all = new Set(payers)
  }

  /** Who pays for a request of this key and this agent; empty where nobody of them has a budget. */
  of(keyId: string | undefined, agentId: string | undefined): readonly string[] {
    const payers: string[] = []
    if (keyId !== undefined) this.#add(payers, payerOfKey(keyId))
    if (agentId !== undefined) this.#add(payers, payerOfAgent(agentId))
    return payers
  }

  #add(payers: string[], payer: string): void {
    if (this.#all.has(payer)) payers.push(payer)
  }
}
