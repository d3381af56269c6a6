import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { refusals } from '../schemas/refusals.js'
import { MATRIX_WINDOW, SCORE_MATRIX } from '../schemas/score-matrix-schema.js'
import { scoreWindow } from '../score-window.js'

const SCHEMA = {
  tags: ['assignments'],
  summary: 'What every agent is worth at every model',
  description:
    'A window of the matrix that an automatic run works on at this moment, at most 100 × 100, with what keeps pairs out of it.',
  querystring: MATRIX_WINDOW,
  response: { 200: SCORE_MATRIX, ...refusals(400) },
}

/** The scores that assignments are made by. */
export function scoreMatrixRoute(app: ZodApp, deps: ApiDeps): void {
  app.get(`${PREFIX}/score-matrix`, { schema: SCHEMA }, ({ query }) => scoreWindow(query, deps))
}
