/** The thread of the history: opens it, and answers calls until it is closed. */
import { parentPort, workerData } from 'node:worker_threads'
import { OPENED, type HistoryAnswer, type HistoryCall } from './history-call.js'
import { openSqlHistory } from './sql-history.js'

const port = parentPort
if (port === null) throw new Error('this is the program of a worker thread')
const answer = (message: HistoryAnswer): void => port.postMessage(message)

const opened = openSqlHistory(workerData as string)
await answerWith(OPENED, async () => void (await opened))

port.on('message', ({ id, method, args }: HistoryCall) => {
  void answerWith(id, async () => {
    const store = await opened
    const called: Called = store
    return called[method](...(args as never[]))
  }).then(() => {
    // Nothing keeps the thread then.
    if (method === 'close') port.close()
  })
})

type Called = Readonly<Record<HistoryCall['method'], (...args: never[]) => Promise<unknown>>>

async function answerWith(id: number, call: () => Promise<unknown>): Promise<void> {
  try {
    answer({ id, kind: 'done', value: await call() })
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    answer({ id, kind: 'failed', error: { name, message } })
  }
}
