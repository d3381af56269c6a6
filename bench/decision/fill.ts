import { Router, type RouteRequest } from '@loadstar/core'

/** A router as a question finds it, and the requests that come to it in turn. */
export interface Setting {
  readonly models: number
  /** Ask for the terms of every decision. */
  readonly isExplained: boolean
  /** Requests waiting for any model while every slot is taken; 0 leaves three quarters of the slots free. */
  readonly waiting: number
}

const SLOTS = 50
const TARGET = 0.8
/** Slots within target: a request takes no other. */
const WITHIN = SLOTS * TARGET
/** Distinct requests, so that neither scores nor lists are the same object each time. */
const REQUESTS = 64

/** What comes in turn: every request accepts every model. */
export function requestsFor({ models, isExplained }: Setting): readonly RouteRequest[] {
  return Array.from({ length: REQUESTS }, (_, r) => ({
    requestId: `request-${r}`,
    candidates: Array.from({ length: models }, (__, m) => ({
      modelId: modelId(m),
      // Fixed and spread over 50..99; no two requests rank the models alike.
      score: 50 + ((r * 31 + m * 17) % 50),
    })),
    explain: isExplained,
  }))
}

/** A router filled as the setting says, and the leases that run in it. */
export function filledRouter(setting: Setting): { router: Router; leases: number[] } {
  const { models, waiting } = setting
  const router = new Router(
    Array.from({ length: models }, (_, m) => ({
      id: modelId(m),
      maxConcurrent: SLOTS,
      maxQueue: Math.ceil(waiting / models) + 1,
      targetUtilization: TARGET,
    })),
    // No slot is held back: each settle must hand its slot on, and what is reckoned for a decision is the same.
    { maxWaitMs: 1e9, bid: { holdShare: 0 } },
  )
  const requests = requestsFor({ ...setting, isExplained: false })
  const leases: number[] = []
  const wanted = waiting > 0 ? models * WITHIN : (models * WITHIN) / 4
  for (let i = 0; i < wanted + waiting; i++) {
    const submission = router.submit(requests[i % REQUESTS] as RouteRequest, 0)
    if (submission.kind === 'admitted') leases.push(submission.lease.id)
  }
  return { router, leases }
}

function modelId(index: number): string {
  return `model-${index}`
}
