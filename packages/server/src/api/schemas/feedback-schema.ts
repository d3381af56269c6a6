import { TASK_TYPES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import type { ModelQuality } from '../learning-view.js'

const SHARE = z.number().min(0).max(1)

export const FEEDBACK = closedObject({
  decision_id: z.string().min(1).max(64).describe('`x-loadstar-decision-id` of the answer.'),
  score: SHARE.optional().describe(
    'How good the answer was, 0 to 1. Exactly one of score and thumbs is given.',
  ),
  thumbs: z.enum(['up', 'down']).optional().describe('up is a score of 1, down one of 0.'),
  task_type: z
    .enum(TASK_TYPES)
    .optional()
    .describe(
      'What the answer was for. When left out: what the request named (auto/<task type>), else the type that asks for what its agent does, else general.',
    ),
}).meta({
  description: 'One vote counts for each answer: the latest.',
  examples: [{ decision_id: '5f1c09ab-2s', thumbs: 'up' }],
})

export const QUALITY = z
  .object({
    model_id: z.string(),
    task_type: z.enum(TASK_TYPES),
    declared: SHARE.describe('Mean declared strength over what the task type requires.'),
    effective: SHARE.describe(
      'What scores go by; declared while nobody has voted, or votes are not to count.',
    ),
    mean: SHARE.describe('Expected score of an answer after the votes.'),
    low: SHARE,
    high: SHARE.describe('With low: the interval that holds the true quality with a probability of 0.95.'),
    votes: z.number().min(0).describe('How many votes, older ones counting less.'),
  })
  .meta({ id: 'Quality' })

export function qualityView(quality: ModelQuality): z.input<typeof QUALITY> {
  return {
    model_id: quality.modelId,
    task_type: quality.task,
    declared: quality.declared,
    effective: quality.effective,
    mean: quality.mean,
    low: quality.low,
    high: quality.high,
    votes: quality.votes,
  }
}
