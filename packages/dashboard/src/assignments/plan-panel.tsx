import { Undo2, Wand2 } from 'lucide'
import type { AssignmentView, Strategy } from '../api/views'
import { counted } from '../format/words'
import { assignments } from '../live/catalog'
import { ask } from '../ui/ask'
import { Choice } from '../ui/choice'
import { Icon } from '../ui/icon'
import { say } from '../ui/notices'
import { Panel } from '../ui/panel'
import { Switch } from '../ui/switch'
import { PreviewResult } from './preview-result'
import { applyPlan, preview, runPreview, undoRun, wish, type Wish } from './plan'

const STRATEGIES: readonly { readonly value: Strategy; readonly text: string; readonly tip: string }[] = [
  { value: 'greedy', text: 'Greedy', tip: 'The best pair first, then the next best of what is left.' },
  {
    value: 'balanced',
    text: 'Balanced',
    tip: 'Spreads agents over models by their load, one after the other.',
  },
  { value: 'optimal', text: 'Optimal', tip: 'The greatest total score there is, with its proof.' },
]

/** Chooses a strategy, shows what it would do, and does it. */
export function PlanPanel({ today }: { readonly today: readonly AssignmentView[] }) {
  const { strategy, isBalancing } = wish.value
  const change = (changes: Partial<Wish>) => {
    wish.value = { ...wish.value, ...changes }
    preview.value = { kind: 'none' }
  }
  const now = preview.value
  return (
    <Panel
      title="Plan"
      subtitle="Nothing changes until a preview is applied; assignments made by hand always stay"
      actions={
        <>
          <Choice
            label="Strategy"
            options={STRATEGIES}
            value={strategy}
            onChoose={(chosen) => change({ strategy: chosen })}
          />
          <Switch
            label="Balance load"
            isOn={isBalancing}
            tip="Each placement lowers what its model is worth to the next."
            onChange={(isOn) => change({ isBalancing: isOn })}
          />
          <button
            type="button"
            class="btn btn-sm btn-ghost"
            data-tip="Take back the last automatic run"
            onClick={askToUndo}
          >
            <Icon of={Undo2} size={16} /> Undo
          </button>
          <button
            type="button"
            class="btn btn-sm btn-primary"
            disabled={now.kind === 'running'}
            onClick={() => void runPreview()}
          >
            <Icon of={Wand2} size={16} /> {now.kind === 'running' ? 'Solving…' : 'Preview'}
          </button>
        </>
      }
    >
      <PreviewResult today={today} preview={now} onApply={askToApply} />
    </Panel>
  )
}

function askToApply(asked: Wish, moves: number): void {
  ask({
    title: 'Apply this plan?',
    consequences: [
      `${counted(moves, 'agent')} will have another model than today; the plan is solved anew at the loads of this moment.`,
      'It replaces the last automatic assignments. Those made by hand stay.',
    ],
    action: 'Apply',
    isDestructive: false,
    run: async () => {
      const run = await applyPlan(asked)
      await assignments.load()
      say(
        `${counted(run.assignments.length, 'agent')} assigned, ${run.total_score.toFixed(1)} points in all.`,
      )
    },
  })
}

function askToUndo(): void {
  ask({
    title: 'Take back the last automatic run?',
    consequences: ['The automatic assignments before it stand again. Those made by hand stay as they are.'],
    action: 'Take back',
    isDestructive: false,
    run: async () => {
      const restored = await undoRun()
      await assignments.load()
      say(`${counted(restored, 'assignment')} stand again.`)
    },
  })
}
