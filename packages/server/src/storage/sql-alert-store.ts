import type { Alert } from '@loadstar/core'
import type { Insertable, Kysely, Selectable } from 'kysely'
import type { AlertStore } from '../alerts/store.js'
import type { AlertTable, Tables } from './tables.js'

/** Alerts in SQL, on a database whose migrations have run. */
export class SqlAlertStore implements AlertStore {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async load(): Promise<readonly Alert[]> {
    return (await this.#db.selectFrom('alerts').selectAll().execute()).map(alertOf)
  }

  async save(alerts: readonly Alert[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      for (const row of alerts.map(alertRow)) {
        const insert = transaction.insertInto('alerts').values(row)
        await insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute()
      }
    })
  }

  async keepResolved(most: number): Promise<void> {
    const resolved = this.#db.selectFrom('alerts').select('id').where('resolved_at_ms', 'is not', null)
    const latest = resolved.orderBy('resolved_at_ms', 'desc').orderBy('id', 'desc').limit(most)
    await this.#db
      .deleteFrom('alerts')
      .where('resolved_at_ms', 'is not', null)
      .where('id', 'not in', latest)
      .execute()
  }
}

function alertRow(alert: Alert): Insertable<AlertTable> {
  return {
    id: alert.id,
    type: alert.type,
    model_id: alert.modelId,
    rule_id: alert.ruleId,
    severity: alert.severity,
    message: alert.message,
    value: alert.value,
    threshold: alert.threshold,
    started_at_ms: alert.startedMs,
    changed_at_ms: alert.changedMs,
    resolved_at_ms: alert.resolvedMs,
    resolution: alert.resolution,
    acknowledged_at_ms: alert.acknowledgedMs,
    acknowledged_by: alert.acknowledgedBy,
    occurrences: alert.occurrences,
    told: alert.told === null ? null : JSON.stringify(alert.told),
  }
}

function alertOf(row: Selectable<AlertTable>): Alert {
  const { told } = row
  return {
    id: row.id,
    type: row.type as Alert['type'],
    modelId: row.model_id,
    ruleId: row.rule_id,
    severity: row.severity as Alert['severity'],
    isActive: row.resolved_at_ms === null,
    message: row.message,
    value: row.value,
    threshold: row.threshold,
    startedMs: row.started_at_ms,
    changedMs: row.changed_at_ms,
    resolvedMs: row.resolved_at_ms,
    resolution: row.resolution as Alert['resolution'],
    acknowledgedMs: row.acknowledged_at_ms,
    acknowledgedBy: row.acknowledged_by,
    occurrences: row.occurrences,
    told: told === null ? null : (JSON.parse(told) as Alert['told']),
  }
}
