import { useEffect } from 'preact/hooks'
import { resets } from '../live/connect'
import { EarlierRuns } from './earlier-runs'
import { QuestionForm } from './question-form'
import { RunResult } from './run-result'
import { earlier, followRun, scenarios } from './run'

export function WhatIfPage() {
  useEffect(followRun, [])
  useEffect(() => {
    void scenarios.load()
    void earlier.load()
  }, [resets.value])
  return (
    <div class="what-if">
      <div class="stack">
        <QuestionForm />
        <EarlierRuns />
      </div>
      <RunResult />
    </div>
  )
}
