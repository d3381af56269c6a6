// Builds the page into the server's package, where the server finds it, with compressed twins beside its files.
// What is newer than the last build decides whether there is anything to do.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'vite'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT = fileURLToPath(new URL('../../server/dist/dashboard', import.meta.url))
const SOURCES = ['src', 'public', 'scripts', 'index.html', 'vite.config.ts', 'package.json']
const COMPRESSED = /\.(html|js|css|svg)$/
/** Bytes that a first visit may cost, compressed. */
const MOST_FIRST_LOAD = 150_000

if (isStale()) {
  const result = await build({ root: ROOT, logLevel: 'warn' })
  compress(filesOf(OUTPUT))
  const bytes = firstLoad(result.output)
  console.log(`dashboard: first load ${(bytes / 1000).toFixed(1)} kB compressed`)
  if (bytes > MOST_FIRST_LOAD) {
    throw new Error(`the first load must be at most ${MOST_FIRST_LOAD} bytes compressed, got ${bytes}`)
  }
}

function isStale() {
  const built = modifiedMs(join(OUTPUT, 'index.html'))
  return SOURCES.flatMap((name) => filesOf(join(ROOT, name))).some((file) => modifiedMs(file) > built)
}

/** 0 for a file that is not there. */
function modifiedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function compress(files) {
  for (const file of files.filter((name) => COMPRESSED.test(name))) {
    const bytes = readFileSync(file)
    writeFileSync(`${file}.br`, brotliCompressSync(bytes))
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

/** What a browser fetches before the first page stands: the entry, what it imports, their styles and the font. */
function firstLoad(output) {
  const chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])))
  const names = new Set(['index.html', 'icon.svg'])
  const take = (name) => {
    const chunk = chunks.get(name)
    if (chunk === undefined || names.has(name)) return
    names.add(name)
    for (const asset of [...chunk.viteMetadata.importedCss, ...chunk.viteMetadata.importedAssets])
      names.add(asset)
    chunk.imports.forEach(take)
  }
  for (const chunk of chunks.values()) if (chunk.isEntry) take(chunk.fileName)
  for (const { fileName } of output) if (fileName.endsWith('.woff2')) names.add(fileName)
  return [...names].reduce((sum, name) => sum + compressedSize(join(OUTPUT, name)), 0)
}

/** As a browser without brotli gets it. */
function compressedSize(file) {
  return statSync(COMPRESSED.test(file) ? `${file}.gz` : file).size
}
