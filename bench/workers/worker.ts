/** The worker's side of `run.ts`: asks for slots over the wire, and tells what that cost. */
import { Socket } from 'node:net'
import type { ToPrimary, ToWorker } from '../../packages/server/src/cluster/message.js'
import { RemoteAdmission } from '../../packages/server/src/cluster/remote-admission.js'
import { Wire } from '../../packages/server/src/cluster/wire.js'
import { costOf } from './load.js'

const wire = new Wire<ToPrimary, ToWorker>(new Socket({ fd: 4 }), {
  receive: (message) => admission.receive(message),
  closed: () => process.exit(),
})
const admission = new RemoteAdmission(
  (message) => wire.send(message),
  () => performance.now(),
)

process.on('message', ({ atOnce, requests }: { atOnce: number; requests: number }) => {
  void costOf(admission, atOnce, requests).then((cost) => process.send?.(cost))
})
