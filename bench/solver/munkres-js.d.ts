declare module 'munkres-js' {
  /** Pairs of row and column with the least total of a square matrix. */
  export default function munkres(costs: number[][]): [number, number][]
}
