import type { Alert } from '@loadstar/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Stores } from './stores.js'

/** A database that can be opened again after it was closed. */
interface StoreFixture {
  open(): Promise<Stores>
  dispose(): Promise<void>
}

const ACTIVE: Alert = {
  id: 'alert-1',
  type: 'high_latency',
  modelId: 'full/model:1 "ü"',
  ruleId: null,
  severity: 'warning',
  isActive: true,
  message: `it's slow; DROP TABLE alerts; --`,
  value: 612.25,
  threshold: 500,
  startedMs: 1_764_000_000_000,
  changedMs: 1_764_000_000_000,
  resolvedMs: null,
  resolution: null,
  acknowledgedMs: null,
  acknowledgedBy: null,
  occurrences: 1,
  told: { isActive: true, severity: 'warning', atMs: 1_764_000_000_000 },
}

const resolved = (id: string, resolvedMs: number): Alert => ({
  ...ACTIVE,
  id,
  isActive: false,
  resolvedMs,
  changedMs: resolvedMs,
  resolution: 'recovered',
  acknowledgedMs: resolvedMs - 1,
  acknowledgedBy: 'ops',
  told: null,
})

/** What every store of alerts must do. */
export function alertStoreContract(create: () => Promise<StoreFixture>): void {
  describe('alerts', () => {
    let fixture: StoreFixture
    let stores: Stores
    beforeEach(async () => {
      fixture = await create()
      stores = await fixture.open()
    })
    afterEach(async () => {
      await stores.close()
      await fixture.dispose()
    })

    it('come back as they were, also after the database was closed', async () => {
      const alerts = [ACTIVE, resolved('alert-2', ACTIVE.startedMs + 5)]
      await stores.alerts.save(alerts)
      await stores.close()
      stores = await fixture.open()
      const loaded = [...(await stores.alerts.load())].sort((a, b) => a.id.localeCompare(b.id))
      expect(loaded).toEqual(alerts)
    })

    it('are replaced by id', async () => {
      await stores.alerts.save([ACTIVE])
      const worse: Alert = { ...ACTIVE, severity: 'critical', value: 9_000, occurrences: 2 }
      await stores.alerts.save([worse])
      expect(await stores.alerts.load()).toEqual([worse])
    })

    it('only so many resolved ones are kept, those resolved last, and all active ones', async () => {
      await stores.alerts.save([ACTIVE, ...[3, 1, 4, 2].map((ms) => resolved(`r${ms}`, ms))])
      await stores.alerts.keepResolved(2)
      const ids = (await stores.alerts.load()).map(({ id }) => id).sort()
      expect(ids).toEqual(['alert-1', 'r3', 'r4'])
      await stores.alerts.keepResolved(0)
      expect((await stores.alerts.load()).map(({ id }) => id)).toEqual(['alert-1'])
    })
  })
}
