/** Which variable of the environment stands above which option of the file. */
const OVERRIDES: Readonly<Record<string, readonly [section: string, option: string]>> = {
  HOST: ['server', 'host'],
  PORT: ['server', 'port'],
  DATABASE_URL: ['storage', 'url'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['telemetry', 'otlp_endpoint'],
}

/**
 * The document with each overridden option replaced by a reference to its variable (`${PORT}`), so that it is read,
 * checked and kept out of messages as if the file had said so. An empty variable overrides nothing.
 */
export function withOverrides(
  document: unknown,
  env: NodeJS.ProcessEnv,
): { document: unknown; overridden: ReadonlySet<string> } {
  const overridden = new Set<string>()
  if (!isMapping(document)) return { document, overridden }
  const result = { ...document }
  for (const [variable, [section, option]] of Object.entries(OVERRIDES)) {
    const held = result[section] ?? {}
    if (!env[variable] || !isMapping(held)) continue
    result[section] = { ...held, [option]: `\${${variable}}` }
    overridden.add(`${section}.${option}`)
  }
  return { document: result, overridden }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
