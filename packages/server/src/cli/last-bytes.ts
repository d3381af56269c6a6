import type { ZodApp } from '../api/deps.js'

/** How long the last answers may take to leave the sockets. */
export const LAST_BYTES_MS = 1_000

/** Listens no more, and resolves when the last answer has gone out. */
export async function closeApi(app: ZodApp): Promise<void> {
  // Connections on which no request was ever sent are not idle to Node, and would hold the server open.
  const closeRest = setTimeout(() => app.server.closeAllConnections(), LAST_BYTES_MS)
  await app.close()
  clearTimeout(closeRest)
}
