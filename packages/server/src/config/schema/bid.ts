import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { milliseconds } from './quantities.js'

/** What a bid weighs, and how the prices in it are reckoned; the formula is in docs/concepts/routing.md. */
export const BID = closedObject({
  time_value: z
    .number()
    .min(0)
    .default(1)
    .describe(
      'Points (of 100) of score that one second of waiting or being served is worth. 1 lets a model that is five points better take five seconds longer.',
    ),
  cost_weight: z
    .number()
    .min(0)
    .default(100)
    .describe('Points that one US dollar is worth; 0 ignores prices. 100 makes a cent a point.'),
  hold_share: z
    .number()
    .min(0)
    .default(0.1)
    .describe(
      'As many waiting, as a share of the slots of the models they would rather have, as end the holding back of a free slot that costs a request more than waiting. 0 never holds a slot back; a tenth gets nearly all that holding is worth and keeps every slot busy in a burst.',
    ),
  hold_slack: z
    .number()
    .min(0)
    .max(1e6)
    .default(2)
    .describe(
      'Points a request gives up rather than wait for a better model. Two: models that are nearly alike share a burst instead of one of them idling.',
    ),
  price_target: z
    .number()
    .gt(0)
    .max(1)
    .default(0.92)
    .describe(
      'Share of the slots within target that is wanted in use: the price of a slot rises above it and falls below. 0.92 leaves room for what the traffic does between two reckonings.',
    ),
  reprice_ms: milliseconds
    .default(2_000)
    .describe(
      'Milliseconds from one reckoning of the prices to the next. Two seconds follow a burst; reckoning takes a fraction of a millisecond.',
    ),
  price_window: z
    .int()
    .min(1)
    .max(100_000)
    .default(600)
    .describe(
      'Requests, the latest that came, that prices are reckoned from. 600 are enough for a steady mean of every kind of request.',
    ),
})
