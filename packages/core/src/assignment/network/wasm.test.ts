import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeKernel, mediumProblems, squareProblems } from '../../../test/solver-kernel.contract.js'
import type { Kernel } from './kernel.js'
import { portableKernel } from './portable.js'
import { wasmKernelOf } from './wasm.js'
import { WASM_BASE64 } from './wasm-module.js'
import { bytesOfBase64 } from './webassembly.js'

const wasmKernel = wasmKernelOf(WASM_BASE64) as Kernel

describeKernel('WebAssembly kernel', wasmKernel)

describe('WebAssembly kernel', () => {
  it('gives the answer of the portable one, bit for bit', () => {
    fc.assert(
      fc.property(mediumProblems(false), mediumProblems(true), fc.double(), (free, costly, scale) => {
        const factor = Number.isFinite(scale) && scale !== 0 ? Math.min(1e9, Math.abs(scale)) : Math.PI
        const rough = { ...free, scores: free.scores.map((score) => score * factor) }
        for (const problem of [free, costly, rough]) {
          expect(wasmKernel.solve(problem)).toEqual(portableKernel.solve(problem))
        }
      }),
      { numRuns: 200 },
    )
  })

  it('gives the answer of the portable one, bit for bit, where columns are many', () => {
    fc.assert(
      fc.property(squareProblems, fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (problem, factor) => {
        const rough = { ...problem, scores: problem.scores.map((score) => score * factor) }
        for (const one of [problem, rough]) expect(wasmKernel.solve(one)).toEqual(portableKernel.solve(one))
      }),
      { numRuns: 100 },
    )
  })

  it('is left out where the module does not compile', () => {
    expect(wasmKernelOf(WASM_BASE64.slice(0, 400))).toBeNull()
  })

  it('decodes base64 as the platform does', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesOfBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
      }),
    )
  })
})
