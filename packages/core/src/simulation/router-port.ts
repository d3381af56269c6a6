import type { RoutedModel } from '../catalog/model.js'
import type { RouterOptions } from '../routing/options.js'
import { Router } from '../routing/router.js'

/** What a simulated world asks of a router: `Router` has it, and so may a baseline or a wrapper. */
export type RouterPort = Pick<
  Router,
  | 'submit'
  | 'firstToken'
  | 'settle'
  | 'cancel'
  | 'wake'
  | 'nextWakeMs'
  | 'ownerLost'
  | 'setModel'
  | 'removeModel'
  | 'reportLoad'
  | 'close'
>

/** A router that tells what it counts, so that it can be watched. */
export type WatchableRouter = RouterPort & Pick<Router, 'counters' | 'loads'>

/** Makes the router of one world; `options` are the scenario's, with the world's seed where they name none. */
export type RouterFactory = (models: readonly RoutedModel[], options: RouterOptions) => RouterPort

export const shippingRouter = (models: readonly RoutedModel[], options: RouterOptions): Router =>
  new Router(models, options)
