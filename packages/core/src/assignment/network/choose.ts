import type { TransportationProblem } from '../transportation-problem.js'
import type { Kernel } from './kernel.js'
import { portableKernel } from './portable.js'
import { wasmKernelOf } from './wasm.js'

/**
 * WebAssembly is twice as fast down to 10 × 10; a process that only ever solves less than this is not worth loading
 * it for, which takes some milliseconds.
 */
const LEAST_WORTH_LOADING = 256

let wasmKernel: Kernel | null = null
let loading: Promise<boolean> | null = null

/**
 * Loads the WebAssembly build of the solver, so that it serves from the first solve on. Not needed: the first solve
 * that would gain from it loads it for the next. Both builds give the same answers.
 *
 * @returns whether this engine runs it; the portable build serves where it does not.
 */
export function loadWasmSolver(): Promise<boolean> {
  loading ??= import('./wasm-module.js').then(
    ({ WASM_BASE64 }) => {
      wasmKernel = wasmKernelOf(WASM_BASE64)
      return wasmKernel !== null
    },
    () => false,
  )
  return loading
}

/** The build that answers a problem soonest. */
export function kernelFor(problem: TransportationProblem): Kernel {
  if (loading === null && problem.rows * problem.cols >= LEAST_WORTH_LOADING) void loadWasmSolver()
  return wasmKernel !== null && wasmKernel.accepts(problem) ? wasmKernel : portableKernel
}
