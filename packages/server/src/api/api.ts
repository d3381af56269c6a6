import { fastify, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { requestIdOf } from '../gateway/request-id.js'
import { dashboardPage } from './dashboard-page.js'
import type { ApiDeps, ZodApp } from './deps.js'
import { answerTo, ApiError, envelopeOf, pathOf } from './error-envelope.js'
import { createHttpServer, refuseClientError } from './http-server.js'
import { readJson } from './json-body.js'
import { LONGEST_PATH_PARAMETER } from './longest-path-parameter.js'
import { describeRoutes } from './openapi.js'
import { agentRoutes } from './routes/agent-routes.js'
import { alertRoutes } from './routes/alert-routes.js'
import { assignmentRoutes } from './routes/assignment-routes.js'
import { autoAssignRoute } from './routes/auto-assign-route.js'
import { capacityRoutes } from './routes/capacity-routes.js'
import { budgetsRoute } from './routes/budgets-route.js'
import { connectionTestRoute } from './routes/connection-test-route.js'
import { decisionRoute } from './routes/decision-route.js'
import { eventsRoute } from './routes/events-route.js'
import { feedbackRoute } from './routes/feedback-route.js'
import { healthRoutes } from './routes/health-routes.js'
import { historyRoutes } from './routes/history-routes.js'
import { loadRoutes } from './routes/load-routes.js'
import { metricsRoutes } from './routes/metrics-routes.js'
import { modelRoutes } from './routes/model-routes.js'
import { scoreMatrixRoute } from './routes/score-matrix-route.js'
import { seriesRoute } from './routes/series-route.js'
import { simulationRoutes } from './routes/simulation-routes.js'
import { statsRoute } from './routes/stats-route.js'
import { keyRefusal } from './key-check.js'
import { crossOriginRefusal, hostCheck } from './same-site.js'
import { validatorCompiler } from './validation.js'

const ROUTES = [
  autoAssignRoute,
  scoreMatrixRoute,
  simulationRoutes,
  budgetsRoute,
  assignmentRoutes,
  agentRoutes,
  modelRoutes,
  connectionTestRoute,
  loadRoutes,
  historyRoutes,
  decisionRoute,
  eventsRoute,
  feedbackRoute,
  alertRoutes,
  capacityRoutes,
  statsRoute,
  metricsRoutes,
  seriesRoute,
  healthRoutes,
]

/**
 * The REST API, its OpenAPI document and the gateway on one port; it listens once its `listen` is called.
 *
 * Every refusal has the error envelope. Routes and their schemas: docs/reference/http-api.md.
 */
export function createApi(deps: ApiDeps): ZodApp {
  const app = fastify({
    clientErrorHandler: refuseClientError,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => answer(error, request, reply),
    genReqId: requestIdOf,
    // Requests that arrive on open connections while closing are few, and better answered than refused.
    return503OnClosing: false,
    routerOptions: { maxParamLength: LONGEST_PATH_PARAMETER },
    serverFactory: (handler) =>
      createHttpServer({
        api: handler,
        gateway: deps.gateway,
        checkHost: hostCheck(deps.host, deps.allowedHosts),
      }),
  }).withTypeProvider<ZodTypeProvider>()
  // JSON only: a text body would reach the schemas as one string.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', (request: FastifyRequest) =>
    readJson(request.raw, deps.maxBodyBytes),
  )
  app.setValidatorCompiler(validatorCompiler)
  // Handlers build answers of the schemas' type; checking each again would cost a large assignment its speed.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  const page = dashboardPage(app, deps.dashboard)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    const needsKey = !page.has(request)
    done(crossOriginRefusal(request.raw) ?? (needsKey ? keyRefusal(request.raw, deps.callers) : undefined))
  })
  const answer = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    send(reply, answerTo(error, request) ?? internalError(error, request, deps))
  }
  app.setErrorHandler((error, request, reply) => answer(error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    if (page.answer(request, reply)) return
    const message = `there is no route ${request.method} ${pathOf(request.url)}`
    send(reply, new ApiError(404, 'unknown_route', message))
  })
  describeRoutes(app, deps.version)
  app.after(() => {
    for (const register of ROUTES) register(app, deps)
  })
  return app
}

function send(reply: FastifyReply, error: ApiError): void {
  // The framework would close the connection under a client that still sends the body, and reset it: the answer would
  // be lost. What still comes is thrown away instead.
  reply.removeHeader('connection')
  if (error.statusCode === 401) reply.header('www-authenticate', 'Bearer')
  // As text: an error's status need not be among those whose shape the route describes.
  void reply.code(error.statusCode).type('application/json; charset=utf-8').send(envelopeOf(error))
}

function internalError(error: unknown, request: FastifyRequest, { log }: ApiDeps): ApiError {
  log.error(
    { err: error, request_id: request.id, method: request.method, url: request.url },
    'request failed',
  )
  return new ApiError(500, 'internal_error', `an internal error; the log has it under request ${request.id}`)
}
