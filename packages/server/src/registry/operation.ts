import type { Capacity } from '@loadstar/core'
import type { ModelEntry, ModelOverride } from './entry.js'

const AS_DEFINED: ModelOverride = { isEnabled: true }

/** The model as everyone sees it; one that is not enabled has no slots. */
export function operated(definition: ModelEntry, override: ModelOverride): ModelEntry {
  const { isEnabled, ...limits } = override
  if (isEnabled && Object.keys(limits).length === 0) return definition
  const entry: ModelEntry = {
    ...definition,
    ...limits,
    operation: { override, defined: capacityOf(definition) },
  }
  return isEnabled ? entry : { ...entry, maxConcurrent: 0 }
}

/** The model without what was laid over it. */
export function definitionOf({ operation, ...entry }: ModelEntry): ModelEntry {
  return operation === undefined ? entry : { ...entry, ...operation.defined }
}

export function overrideOf({ operation }: ModelEntry): ModelOverride {
  return operation?.override ?? AS_DEFINED
}

/** The limits it has while it is enabled. */
export function limitsOf(entry: ModelEntry): Capacity {
  if (entry.operation === undefined) return capacityOf(entry)
  const { override, defined } = entry.operation
  return capacityOf({ ...defined, ...override })
}

function capacityOf({ maxConcurrent, maxQueue, targetUtilization }: Capacity): Capacity {
  return { maxConcurrent, maxQueue, targetUtilization }
}
