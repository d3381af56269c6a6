import type { Quantity } from '../format/quantity'

export interface ChartLine {
  readonly label: string
  readonly tip: string
  /** Name of a colour of the theme. */
  readonly color: string
  readonly format: (value: number | null) => Quantity
  readonly values: readonly (number | null)[]
  readonly isFilled?: boolean
  /** Which of the two axes it is read on; the left when left out. */
  readonly scale?: 'left' | 'right'
}

export interface TimeChartProps {
  readonly label: string
  readonly timesMs: readonly number[]
  readonly lines: readonly ChartLine[]
  readonly height: number
  /** Least and greatest of the left axis, given those of what is shown. */
  readonly leftRange?: (least: number, greatest: number) => [number, number]
  /** Charts with the same key point to the same moment. */
  readonly syncKey: string
  readonly onZoom: (fromMs: number, toMs: number) => void
}
