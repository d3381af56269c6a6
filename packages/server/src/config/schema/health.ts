import { z } from 'zod'
import { closedObject } from '../closed-object.js'
import { milliseconds, millisecondsOrNone, share } from './quantities.js'

/** Of a breaker that opened, when nothing is said. */
export const OPEN_MS = { least: 1_000, most: 60_000 }

const BREAKER = closedObject({
  consecutive_failures: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(5)
    .describe('Failures in a row that open it; 0 does not look at them. Five are rarely chance.'),
  min_success_rate: share
    .default(0.5)
    .describe(
      'Share of successes in the window below which it opens; 0 does not look at it. Half: what fails more often than it works is better asked by few.',
    ),
  min_results: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(20)
    .describe(
      'Results the window must hold before its share is looked at. Of fewer than 20 a share is noise.',
    ),
  window_ms: milliseconds
    .default(30_000)
    .describe(
      'Milliseconds for which a result counts, and within which opening again counts as the same trouble. Half a minute holds enough answers of a slow model.',
    ),
  min_open_ms: milliseconds
    .default(OPEN_MS.least)
    .describe(
      'Milliseconds it stays open at least, and the first back-off. A second lets a restart pass and costs little when it was none.',
    ),
  max_open_ms: milliseconds
    .default(OPEN_MS.most)
    .describe(
      'Milliseconds it stays open at most, not below min_open_ms; the back-off doubles up to it. After a minute a model that came back should be found.',
    ),
  probes: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe('Requests at once that try a model out while it is half open. One risks the fewest.'),
})

const PENALTY = closedObject({
  factor: z
    .number()
    .min(0)
    .default(2)
    .describe(
      'Typical service times that a failure costs; 0 switches the penalty off. Two: a failure costs its own time and that of the next try.',
    ),
  min_ms: millisecondsOrNone
    .default(1_000)
    .describe('Milliseconds that a failure costs at least. A second, so that failing fast never pays.'),
  half_life_ms: milliseconds
    .default(30_000)
    .describe(
      'Milliseconds after which a failure counts half. As long as the window of the breaker: a model that is avoided makes no results to clear its name with.',
    ),
})

const SLOW_START = closedObject({
  window_ms: millisecondsOrNone
    .default(30_000)
    .describe(
      'Milliseconds until a model that came back may use all its slots; 0 gives them at once. Half a minute warms caches.',
    ),
  min_share: share
    .default(0.1)
    .describe('Share of its slots that it may use at once. A tenth shows whether it works.'),
  aggression: z
    .number()
    .gt(0)
    .max(100)
    .default(1)
    .describe('How the share grows: above 1 faster at first, below 1 slower. 1 grows it evenly.'),
  when_added: z
    .boolean()
    .default(false)
    .describe(
      'Whether a newly added model starts slowly, too. Off, because most are warm when they are added.',
    ),
})

const LIMITS = closedObject({
  apply: z
    .boolean()
    .default(false)
    .describe(
      'Whether limits found in answer times and rate-limit headers hold, below max_concurrent and never above; they are shown as proposed_slots either way. Off, because you know your models better than a few hundred answers.',
    ),
  min_slots: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe('Slots below which a limit that was found does not go. One keeps the model in use.'),
})

/** How models are judged by their answers, and what follows; see docs/concepts/health.md. */
export const HEALTH = closedObject({
  breaker: BREAKER.prefault({}).describe('When a model that fails is given nothing for a while.'),
  max_closed_ms: millisecondsOrNone
    .default(300_000)
    .describe(
      'Milliseconds that one retry-after keeps a model from being used at most; 0 ignores them. Five minutes: a wrong header must not take a model out for a day.',
    ),
  penalty: PENALTY.prefault({}).describe('How much slower failures make a model look.'),
  slow_start: SLOW_START.prefault({}).describe('How a model whose breaker closes gets its slots back.'),
  panic_share: share
    .default(0.5)
    .describe(
      'Share of the slots of a request’s models shut by breakers above which it ignores breakers; 1 never does. With more than half of them shut, what is left would only be run over.',
    ),
  limits: LIMITS.prefault({}).describe('Limits that are found rather than configured.'),
})
