import { kindOf } from '../json-kind.js'
import type { Json, Untranslatable } from './dialect.js'
import { objectOf } from './json-value.js'

/** Keeps the first thing that cannot be carried: reading goes on with fillers and the caller asks once, at the end. */
export class FirstFault {
  #first: Untranslatable | undefined

  note(field: string, message: string): void {
    this.#first ??= { field, message }
  }

  get first(): Untranslatable | undefined {
    return this.#first
  }
}

/**
 * A part of a request body together with its path, so that whatever is wrong with it is told with its exact field.
 * `null` counts as absent, as in both APIs. Wrong kinds are noted as faults and read as an empty value.
 */
export class Part {
  constructor(
    readonly value: unknown,
    readonly path: string,
    readonly faults: FirstFault,
  ) {}

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null
  }

  get isText(): boolean {
    return typeof this.value === 'string'
  }

  /** The named field; absent where this is no object. */
  at(name: string): Part {
    return new Part(
      objectOf(this.value)?.[name],
      this.path === '' ? name : `${this.path}.${name}`,
      this.faults,
    )
  }

  object(): Json {
    return objectOf(this.value) ?? this.#mustBe('an object', {})
  }

  /** The items of an array that must be there. */
  items(): readonly Part[] {
    const { value } = this
    if (!Array.isArray(value)) return this.#mustBe('an array', [])
    return value.map((item, index) => new Part(item, `${this.path}[${index}]`, this.faults))
  }

  text(): string {
    return typeof this.value === 'string' ? this.value : this.#mustBe('a string', '')
  }

  optionalText(): string | undefined {
    return this.isAbsent ? undefined : this.text()
  }

  optionalItems(): readonly Part[] {
    return this.isAbsent ? [] : this.items()
  }

  optionalNumber(): number | undefined {
    if (this.isAbsent) return undefined
    return typeof this.value === 'number' ? this.value : this.#mustBe('a number', undefined)
  }

  optionalFlag(): boolean | undefined {
    if (this.isAbsent) return undefined
    return typeof this.value === 'boolean' ? this.value : this.#mustBe('true or false', undefined)
  }

  /** @param why - completes the sentence that begins with the path. */
  refuse(why: string): undefined {
    this.faults.note(this.path, `${this.path} ${why}`)
    return undefined
  }

  /** Refuses a value of a list that the other API has no word for. */
  refuseKind(backend: string): undefined {
    if (this.isAbsent) return this.refuse('is required')
    const told = this.isText ? JSON.stringify(String(this.value).slice(0, LONGEST_TOLD)) : kindOf(this.value)
    return this.refuse(`${told} cannot be carried to a backend of ${backend}`)
  }

  #mustBe<T>(what: string, filler: T): T {
    this.refuse(
      this.isAbsent ? `is required and must be ${what}` : `must be ${what}, got ${kindOf(this.value)}`,
    )
    return filler
  }
}

const LONGEST_TOLD = 64
