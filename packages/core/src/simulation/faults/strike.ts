import type { Capacity } from '../../catalog/model.js'
import type { ModelTruth } from '../model-truth.js'
import type { Stage } from '../stage.js'
import type { TimedFault } from './faults.js'
import type { Instances } from './instances.js'

/** Lets a timed fault happen. */
export function strike(fault: TimedFault, stage: Stage, instances: Instances): void {
  switch (fault.kind) {
    case 'capacity': {
      const model = stage.modelOf(fault.modelId)
      return setLimits(model, { ...model.limits, ...fault.change }, stage)
    }
    case 'remove': {
      const model = stage.modelOf(fault.modelId)
      model.isRemoved = true
      model.setCapacity({ ...model.limits, maxConcurrent: 0 }, stage.nowMs)
      return stage.take(stage.router.removeModel(fault.modelId, stage.routerMs))
    }
    case 'add': {
      const model = stage.modelOf(fault.modelId)
      model.isRemoved = false
      return setLimits(model, model.limits, stage)
    }
    case 'report':
      return report(stage.modelOf(fault.modelId), fault.external, stage)
    case 'clock':
      return stage.clock.jump(fault.byMs)
    case 'crash':
      return crash(instances.crash(fault.instance), fault.afterMs, stage)
    case 'outage':
      return strikeOut(fault, stage)
    case 'drain':
      return stage.take(stage.router.close(stage.routerMs))
  }
}

/** Everything of the instance is gone at once, and its place taken; only the router does not know. */
function crash(owner: string, afterMs: number, stage: Stage): void {
  for (const passage of stage.alive) {
    if (passage.request.owner !== owner) continue
    passage.isOrphan = true
    if (passage.state !== 'leased' && passage.state !== 'serving') continue
    const model = stage.models[passage.modelIndex] as ModelTruth
    model.release(passage, stage.nowMs)
    stage.schedule(model)
    passage.state = 'lost'
  }
  stage.later(afterMs, { kind: 'owner_lost', owner })
}

/** The router hears of a dead instance. Its clients are gone, so that nobody is told what came of them. */
export function ownerLost(owner: string, stage: Stage): void {
  for (const passage of stage.alive) {
    if (passage.request.owner === owner && passage.state === 'lost') stage.end(passage, 'instance_lost')
  }
  stage.take(stage.router.ownerLost(owner, stage.routerMs))
}

function setLimits(model: ModelTruth, limits: Capacity, stage: Stage): void {
  model.limits = limits
  // What is out of the router's hands stays so until it is put in again.
  if (model.isRemoved) return
  model.setCapacity(limits, stage.nowMs)
  makeRoom(model, stage)
  stage.take(stage.router.setModel({ ...model.spec, ...limits }, stage.routerMs))
}

/** What the model says of itself: our requests there and others'. */
function report(model: ModelTruth, external: number, stage: Stage): void {
  model.setExternal(external, stage.nowMs)
  stage.schedule(model)
  const activeRequests = model.held + external
  if (!model.isRemoved) {
    // A request under way to the model hides one of the others: nobody can tell them apart.
    model.knownExternal = Math.max(0, activeRequests - model.leases)
    makeRoom(model, stage)
  }
  stage.take(stage.router.reportLoad(model.spec.id, { activeRequests }, stage.routerMs))
}

/** Those on their way to the model may make use of room that there is by now. */
function makeRoom(model: ModelTruth, stage: Stage): void {
  for (const passage of stage.alive) {
    if (passage.state === 'leased' && passage.modelIndex === model.index) {
      passage.room = Math.max(passage.room, model.room)
    }
  }
}

function strikeOut(fault: Extract<TimedFault, { kind: 'outage' }>, stage: Stage): void {
  const model = stage.modelOf(fault.modelId)
  model.outage = { untilMs: stage.nowMs + fault.lastsMs, fate: fault.fate }
  if (fault.fate !== 'cut') return
  const there = [...stage.alive].filter(
    ({ state, modelIndex }) => state === 'serving' && modelIndex === model.index,
  )
  for (const passage of there) {
    stage.settle(passage, passage.hasFirstToken ? 'upstream_cut' : 'upstream_error')
  }
}
