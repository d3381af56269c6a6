import { describe } from 'vitest'
import { rollupStoreContract } from './rollup-store.contract.js'
import { openStores } from './stores.js'

describe('the store of rollups on libSQL', () => {
  rollupStoreContract(async () => {
    const stores = await openStores('file::memory:')
    return { store: stores.rollups, close: () => stores.close() }
  })
})
