// The core as a library: pair agents with models, then route requests within the models' limits.
// Run it in a clone of this repository after `npm install && npm run build`: node examples/library.mjs
import { assign, PROFILES, Router } from '@loadstar/core'

const agent = (id, ...requiredCapabilities) => ({
  id,
  name: id,
  type: 'inference',
  status: 'online',
  requiredCapabilities,
  preferredCapabilities: [],
})
const model = (id, profile, maxConcurrent) => ({
  id,
  name: id,
  ...PROFILES[profile],
  maxConcurrent,
  maxQueue: 10,
  targetUtilization: 0.8,
})

const models = [model('deep', 'llama3-70b', 2), model('quick', 'mistral-7b', 4)]
const agents = [agent('coder', 'coding'), agent('analyst', 'math', 'reasoning'), agent('greeter', 'general')]

const run = assign({ agents, models, strategy: 'optimal', loadBalancing: true })
for (const { agentId, modelId, score } of run.assignments) console.log(`${agentId} → ${modelId} (${score})`)
console.log(`total ${run.totalScore}, proved optimal: ${run.isOptimal}`)

// The router has no clock of its own: every call says what time it is, and returns what follows. Of deep's two slots
// and quick's four one and three are within target; a request whose better model is busy waits for it, or takes the
// other one once waiting would cost more.
const router = new Router(models)
const candidates = [
  { modelId: 'deep', score: 90 },
  { modelId: 'quick', score: 80 },
]
const submissions = [1, 2, 3, 4, 5, 6, 7].map((n) => router.submit({ requestId: `r${n}`, candidates }, n))
console.log(submissions.map(({ kind }) => kind).join(' '))
const given = [
  ...router.wake(router.nextWakeMs()).admitted,
  ...router.settle(submissions[0].lease.id, 'completed', 100).admitted,
]
for (const { ticket, lease } of given) {
  console.log(`${ticket.requestId} waited ${lease.waitedMs} ms for ${lease.modelId}`)
}
