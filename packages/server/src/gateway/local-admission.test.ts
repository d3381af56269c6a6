import { admissionContract } from './admission.contract.js'

admissionContract('in the process of the router', (local) => ({
  admission: local,
  arrived: () => new Promise((resolve) => setImmediate(resolve)),
}))
