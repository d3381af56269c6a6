/* The few members of WebAssembly's global that are used here; core compiles without the types of any platform. */

interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** `undefined` where the engine has no WebAssembly. */
export const webAssembly = (globalThis as { WebAssembly?: WebAssemblyGlobal }).WebAssembly

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Standard base64; not all engines have a decoder of their own. */
export function bytesOfBase64(text: string): Uint8Array {
  const valueOf = new Uint8Array(128)
  for (let digit = 0; digit < DIGITS.length; digit++) valueOf[DIGITS.charCodeAt(digit)] = digit
  const digits = text.replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let bits = 0
  let written = 0
  for (let index = 0; index < digits.length; index++) {
    bits = (bits << 6) | (valueOf[digits.charCodeAt(index)] as number)
    if (index % 4 !== 0) bytes[written++] = bits >> (6 - 2 * (index % 4))
  }
  return bytes
}
