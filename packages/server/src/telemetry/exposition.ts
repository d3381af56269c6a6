import type { Collector, Family, Labels, Sample } from './family.js'

/** All families in the text format of Prometheus. Families without a sample are left out. */
export function expositionOf(collectors: readonly Collector[]): string {
  const lines: string[] = []
  for (const collect of collectors) {
    for (const family of collect()) if (family.samples.length > 0) writeFamily(family, lines)
  }
  return `${lines.join('\n')}\n`
}

function writeFamily({ name, type, help, samples }: Family, lines: string[]): void {
  lines.push(`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`)
  for (const { labels, value } of samples) {
    if (typeof value === 'number') lines.push(`${name}${labelled(labels)} ${numberOf(value)}`)
    else writeHistogram(name, labels, value, lines)
  }
}

function writeHistogram(
  name: string,
  labels: Labels,
  { bounds, counts, sum, perUnit }: Exclude<Sample['value'], number>,
  lines: string[],
): void {
  const rest = inner(labels)
  const prefix = rest === '' ? '' : `${rest},`
  let below = 0
  bounds.forEach((bound, i) => {
    below += counts[i] ?? 0
    lines.push(`${name}_bucket{${prefix}le="${numberOf(bound / perUnit)}"} ${below}`)
  })
  below += counts[bounds.length] ?? 0
  lines.push(
    `${name}_bucket{${prefix}le="+Inf"} ${below}`,
    `${name}_sum${labelled(labels)} ${numberOf(sum / perUnit)}`,
    `${name}_count${labelled(labels)} ${below}`,
  )
}

function labelled(labels: Labels): string {
  const text = inner(labels)
  return text === '' ? '' : `{${text}}`
}

function inner(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`)
    .join(',')
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function numberOf(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}
