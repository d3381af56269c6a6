import type { Alert, CapacityAdvice } from '@loadstar/core'

/** An alert as it is answered, sent and shown. */
export function alertView(alert: Alert) {
  return {
    id: alert.id,
    type: alert.type,
    model_id: alert.modelId,
    rule_id: alert.ruleId,
    severity: alert.severity,
    status: alert.isActive ? ('active' as const) : ('resolved' as const),
    message: alert.message,
    value: alert.value,
    threshold: alert.threshold,
    started_at: instant(alert.startedMs),
    updated_at: instant(alert.changedMs),
    resolved_at: alert.resolvedMs === null ? null : instant(alert.resolvedMs),
    resolution: alert.resolution,
    acknowledged_at: alert.acknowledgedMs === null ? null : instant(alert.acknowledgedMs),
    acknowledged_by: alert.acknowledgedBy,
    occurrences: alert.occurrences,
    notified_at: alert.told === null ? null : instant(alert.told.atMs),
  }
}

/** Advice on slots as it is answered and sent. */
export function adviceView(advice: CapacityAdvice) {
  const { flow } = advice
  return {
    model_id: advice.modelId,
    max_concurrent: advice.slots,
    advised_max_concurrent: advice.advisedSlots,
    additional_slots: advice.additionalSlots,
    target_wait_ms: advice.targetWaitMs,
    expected_wait_ms: advice.expectedWaitMs,
    advised_wait_ms: advice.advisedWaitMs,
    one_fewer_wait_ms: advice.oneFewerWaitMs,
    offered_load: advice.offeredLoad,
    arrivals_per_second: flow.arrivalsPerS,
    service_ms: flow.serviceMs,
    arrival_cv2: flow.arrivalCv2,
    service_cv2: flow.serviceCv2,
    calls: flow.calls,
    over_ms: flow.overMs,
    slot_price: advice.slotPrice,
    reasons: advice.reasons,
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
