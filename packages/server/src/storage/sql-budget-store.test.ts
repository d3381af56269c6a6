import { describe } from 'vitest'
import { budgetStoreContract } from './budget-store.contract.js'
import { openStores } from './stores.js'

describe('the store of budgets on libSQL', () => {
  budgetStoreContract(async () => {
    const stores = await openStores('file::memory:')
    return { store: stores.budgets, close: () => stores.close() }
  })
})
