import { describeKernel } from '../../../test/solver-kernel.contract.js'
import { portableKernel } from './portable.js'

describeKernel('portable kernel', portableKernel)
