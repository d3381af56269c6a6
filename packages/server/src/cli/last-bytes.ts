/** How long the last answers may take to leave the sockets. */
export const LAST_BYTES_MS = 1_000
