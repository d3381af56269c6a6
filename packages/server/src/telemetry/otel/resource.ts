import { diag, DiagLogLevel } from '@opentelemetry/api'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources'

/** Hears of what could not be delivered. */
export interface OtelLog {
  warn(fields: object, message: string): void
}

const LONGEST_REASON = 300
/** What is left may take so long to go out when the process ends. */
const LAST_DELIVERY_MS = 2_000

/** Who sends: `loadstar`, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say otherwise. */
export function resourceOf(version: string): Resource {
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'loadstar', 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }))
}

/** Lets the log tell what the SDK would keep to itself. The endpoint is left out: it may hold a password. */
export function tellFailures(log: OtelLog, endpoint: string): void {
  const tell = (message: string): void => {
    const reason = message.replaceAll(endpoint, '<endpoint>').slice(0, LONGEST_REASON)
    log.warn({ reason }, 'telemetry could not be delivered by OTLP')
  }
  const silent = (): void => undefined
  diag.setLogger({ error: tell, warn: tell, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN)
}

/** Where one kind of telemetry is sent. */
export function urlOf(endpoint: string, kind: 'metrics' | 'traces'): string {
  return `${endpoint.replace(/\/$/, '')}/v1/${kind}`
}

/** Resolves when it has ended, or when it has had its time: a collector that hangs must not hold the process. */
export async function lastDelivery(ending: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, LAST_DELIVERY_MS)))
  await Promise.race([ending.catch(() => undefined), timeUp])
  clearTimeout(timer)
}
