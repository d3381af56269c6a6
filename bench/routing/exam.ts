import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '@loadstar/core'

/** One question of an exam, and which of two models knew the answer. */
export interface Prompt {
  readonly subject: string
  readonly weak: boolean
  readonly strong: boolean
}

/**
 * Ong et al., "RouteLLM: Learning to route LLMs with preference data", 2024, https://github.com/lm-sys/RouteLLM,
 * Apache-2.0: which prompts of MMLU each of two models answered right, in
 * `<folder>/routellm/routellm_correctness.csv`; where there is none, an exam of its kind is drawn.
 */
export function exam(folder: string | undefined): {
  readonly name: string
  readonly prompts: readonly Prompt[]
} {
  const path = join(folder ?? '', 'routellm', 'routellm_correctness.csv')
  if (folder === undefined || !existsSync(path)) return { name: 'a drawn exam', prompts: drawnExam() }
  const [, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const prompts = lines.flatMap((line): Prompt[] => {
    const [bench, subject = '', , , weak, strong] = line.split(',')
    return bench === 'mmlu' ? [{ subject, weak: weak === '1', strong: strong === '1' }] : []
  })
  return { name: 'RouteLLM, MMLU', prompts }
}

function drawnExam(): readonly Prompt[] {
  const random = seededRandom(57)
  return Array.from({ length: 57 }, (_, subject) => {
    const strong = 0.6 + 0.35 * random()
    const weak = strong - 0.3 * random()
    return Array.from({ length: 240 }, (): Prompt => {
      // What the weak one knows the strong one mostly knows too.
      const luck = random()
      return {
        subject: `subject ${subject}`,
        weak: luck < weak,
        strong: (luck + 0.1 * random()) % 1 < strong,
      }
    })
  }).flat()
}
