import { z } from 'zod'
import { closedObject } from '../closed-object.js'

export const DASHBOARD = closedObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'Whether the web page is served at `/`. On, for it holds nothing by itself: all it shows comes through the API, with a key where there are keys. Without it `/` leads to the description of the API.',
    ),
})
