import type {
  AdaptiveRules,
  BidOptions,
  HealthOptions,
  PolicyName,
  Priority,
  QualityOptions,
  QueueOptions,
} from '@loadstar/core'
import type { AlertsConfig, CapacityRuleConfig } from './alerts-config.js'
import type { AgentEntry, ModelEntry } from '../registry/entry.js'
import type { ROLES } from './schema/auth.js'

/** The whole configuration, parsed once, defaulted and frozen; see docs/reference/configuration.md for each option. */
export interface Config {
  readonly server: ServerConfig
  readonly models: readonly ModelEntry[]
  readonly agents: readonly AgentEntry[]
  readonly routing: RoutingConfig
  readonly assignment: AssignmentConfig
  readonly history: HistoryConfig
  readonly scoring: ScoringConfig
  readonly alerts: AlertsConfig
  readonly capacityRules: readonly CapacityRuleConfig[]
  readonly auth: AuthConfig
  readonly budgets: readonly BudgetConfig[]
  readonly responseCache: ResponseCacheConfig
  readonly dashboard: { readonly isEnabled: boolean }
  readonly storage: { readonly url: string }
  readonly telemetry: TelemetryConfig
}

interface ResponseCacheConfig {
  /** Of a Valkey or Redis; in the memory of each process when `undefined`. */
  readonly url: string | undefined
  /** For one answer of that server. */
  readonly timeoutMs: number
  readonly ttlMs: number
  /** Of all answers in the memory of a process. */
  readonly maxBytes: number
  readonly maxAnswerBytes: number
}

export type Role = (typeof ROLES)[number]

interface AuthConfig {
  /** Nobody is asked for a key when empty. */
  readonly keys: readonly ClientKey[]
}

export interface BudgetConfig {
  /** `key:<id>` or `agent:<id>`. */
  readonly payer: string
  /** Requests, tokens and US dollars by window; a limit that is left out is none. */
  readonly limits: readonly {
    readonly window: 'minute' | 'day' | 'month'
    readonly limits: { readonly requests?: number; readonly tokens?: number; readonly cost_usd?: number }
  }[]
}

export interface ClientKey {
  readonly id: string
  readonly key: string
  readonly role: Role
  /** Agents that requests with it may speak for; any when left out. */
  readonly agents?: readonly string[]
  /** In place of `RoutingConfig.highestPriority`. */
  readonly highestPriority?: Priority
}

interface ServerConfig {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  /** Names besides `host`, localhost and addresses by which clients reach it; checked on loopback only. */
  readonly allowedHosts: readonly string[]
  readonly maxBodyBytes: number
  /** Processes that serve live requests, ≥ 1; 1 is this process alone. */
  readonly workers: number
  /** How long streams may go on after SIGTERM. */
  readonly shutdownGraceMs: number
  /** Environment variables that models made through the API may have as their key. */
  readonly apiKeyEnvs: readonly string[]
}

export interface RoutingConfig {
  readonly policy: PolicyName
  readonly bid: Required<BidOptions>
  /** 0..1: how strongly utilization lowers a score. */
  readonly loadWeight: number
  /** 0..100: points added to the model an agent is assigned to. */
  readonly assignmentBonus: number
  readonly maxWaitMs: number
  /** The most urgent priority a request can claim. */
  readonly highestPriority: Priority
  readonly queue: Required<QueueOptions>
  readonly timeouts: Timeouts
  readonly retries: RetryConfig
  readonly hedging: HedgingConfig
  readonly health: HealthOptions
}

export interface RetryConfig {
  /** Calls of models per request, ≥ 1. */
  readonly maxAttempts: number
  /** Further attempts per recent success, 0..1. */
  readonly share: number
  /** Further attempts a second besides. */
  readonly minPerSecond: number
}

interface HedgingConfig {
  /** Second attempts per request, 0..1; 0 makes none. */
  readonly share: number
  /** Without a first token. */
  readonly minDelayMs: number
  /** Times the usual time to first token that must have passed as well, ≥ 1. */
  readonly factor: number
}

export interface Timeouts {
  readonly connectMs: number
  /** From dispatch to the first byte of the answer. */
  readonly firstByteMs: number
  /** Between two pieces of an answer. */
  readonly idleMs: number
  /** From dispatch to the end of the answer. */
  readonly totalMs: number
}

interface HistoryConfig {
  readonly isEnabled: boolean
  readonly flushMs: number
  /** Requests that may wait to be stored, ≥ 100. */
  readonly bufferRows: number
  readonly retentionMs: number
  readonly maxRows: number
}

export interface AssignmentConfig {
  readonly strategy: 'greedy' | 'balanced' | 'optimal'
  readonly loadBalancing: boolean
  /** For one run in a worker thread. */
  readonly timeLimitMs: number
  readonly cache: RunCacheConfig
}

export interface RunCacheConfig {
  /** 0 keeps nothing. */
  readonly ttlMs: number
  /** Of all kept results together. */
  readonly maxBytes: number
  /** Share of a model's slots within which loads are the same, 0..1. */
  readonly loadStep: number
  /** Makes the run that has no options at the start. */
  readonly warmUp: boolean
}

export interface ScoringConfig {
  /** Which scores follow measured performance. */
  readonly adaptive: 'off' | 'assignments' | 'everywhere'
  readonly rules: AdaptiveRules
  /** After which a request is forgotten. */
  readonly windowMs: number
  /** Requests, ≥ 0, as many as which the model counts in what is said of a pair. */
  readonly pairWeight: number
  readonly quality: Required<QualityOptions> & {
    /** After which a vote counts half. */
    readonly halfLifeMs: number
  }
  /** Of live requests, 0..0.5. */
  readonly explorationShare: number
}

interface TelemetryConfig {
  /** One line in the log per ended request. */
  readonly logRequests: boolean
  /** Measured by their own. */
  readonly maxAgents: number
  readonly retentionDays: number
  readonly otlp: OtlpConfig
}

export interface OtlpConfig {
  /** Base address; `undefined` sends nothing. */
  readonly endpoint: string | undefined
  readonly traces: boolean
  readonly metrics: boolean
  readonly metricsIntervalMs: number
  /** Of traces that begin here, 0..1. */
  readonly sampleShare: number
}
