import { expect, it } from 'vitest'
import { TokenScale } from './token-scale.js'

it('an estimate is taken as it is while no model has counted', () => {
  expect(new TokenScale().factor).toBe(1)
})

it('what a model counts for each estimated token is learned, long requests weighing most', () => {
  const scale = new TokenScale()
  scale.observe(100, 130)
  expect(scale.factor).toBeCloseTo(1.3)
  scale.observe(10_000, 15_000)
  expect(scale.factor).toBeCloseTo(15_130 / 10_100)
})

it('a change of the tokenizer is followed', () => {
  const scale = new TokenScale()
  for (let i = 0; i < 100; i++) scale.observe(1_000, 1_000)
  for (let i = 0; i < 200; i++) scale.observe(1_000, 1_500)
  expect(scale.factor).toBeCloseTo(1.5, 2)
})

it('requests of nothing change nothing', () => {
  const scale = new TokenScale()
  scale.observe(0, 12)
  expect(scale.factor).toBe(1)
})
