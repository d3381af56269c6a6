import { basename, join } from 'node:path'
import ts from 'typescript'

/**
 * One program over snippets that stand, for the compiler, among core's sources and under core's own tsconfig.json;
 * nothing is written to disk.
 *
 * @param snippets - text by file name.
 */
export function programOfCore(coreFolder: string, snippets: Readonly<Record<string, string>>): ts.Program {
  const { options, fileNames } = parseCoreConfig(coreFolder)
  const folder = join(coreFolder, 'src')
  const files = new Map(Object.entries(snippets).map(([name, text]) => [join(folder, name), text]))
  const disk = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => files.has(path) || disk.fileExists(path),
    readFile: (path) => files.get(path) ?? disk.readFile(path),
    getSourceFile: (path, languageVersion, ...rest) => {
      const text = files.get(path)
      return text === undefined
        ? disk.getSourceFile(path, languageVersion, ...rest)
        : ts.createSourceFile(path, text, languageVersion, true)
    },
  }
  return ts.createProgram({ rootNames: [...fileNames, ...files.keys()], options, host })
}

/** Codes of what the compiler refuses, by snippet; a snippet that compiles has none. */
export function compilerErrors(program: ts.Program, name: string): number[] {
  const source = program.getSourceFiles().find(({ fileName }) => basename(fileName) === name)
  if (source === undefined) throw new Error(`${name} is not part of the program`)
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ code }) => code,
  )
}

function parseCoreConfig(coreFolder: string): ts.ParsedCommandLine {
  const path = join(coreFolder, 'tsconfig.json')
  const read = ts.readConfigFile(path, (name) => ts.sys.readFile(name))
  return ts.parseJsonConfigFileContent(read.config, ts.sys, coreFolder)
}
