/** Where this program's own code lies, and what it loads code with. */
const OURS = decodeURI(new URL('..', import.meta.url).pathname)
const LOADERS = /[\\/]node_modules[\\/](tsx|esbuild)[\\/]/

/** A line of a stack: `at f (file:line:column)` or `at file:line:column`, with a URL's scheme and query or without. */
const FRAME = /^\s+at (?:.*\()?(?:file:\/\/)?([^()?]+)(?:\?[^()]*)?:(\d+):(\d+)\)?$/
/** How a compiler that cannot read a file says where. */
const COMPILER = /^(?:file:\/\/)?(.+?):(\d+):(\d+): ERROR: (.*)$/m
/** How Node begins the stack of a SyntaxError, which has no frame of its own. */
const HEADING = /^(?:file:\/\/)?(\/[^?\n]+|[A-Za-z]:[^?\n]+?)(?:\?[^\n]*)?:(\d+)\n/

/**
 * Where in the code of whoever uses the program an error arose, as ` at mine.ts:14:9`: the innermost line of it that is
 * neither the program's nor Node's. Empty where there is none.
 */
export function placeOf(error: unknown): string {
  const [, file, line] = HEADING.exec(stackOf(error)) ?? []
  if (file !== undefined) return ` at ${nameOf(file)}:${line}`
  const [frame] = framesOf(error)
  return frame === undefined ? '' : ` at ${nameOf(frame.file)}:${frame.position}`
}

/**
 * Whose error it is: of the policy, if a line of its file or package is on the stack, else of the file that called first.
 *
 * @param policy file, or name of a package, which had its turn last
 */
export function authorOf(error: unknown, policy: string): string {
  const files = framesOf(error).map(({ file }) => file)
  const isTheirOwn = files.some(file => nameOf(file) === nameOf(policy) || file.includes(`/${policy}`))
  return isTheirOwn || files.length === 0 ? policy : nameOf(files[files.length - 1])
}

/** What kept code from being loaded, in one line, and where. */
export function loadingMistake(error: Error): string {
  const [, file, line, column, mistake] = COMPILER.exec(error.message) ?? []
  // A compiler counts columns from 0, a stack from 1.
  if (file !== undefined) return `SyntaxError: ${mistake} at ${nameOf(file)}:${line}:${Number(column) + 1}`
  const [message] = error.message.split('\nRequire stack')
  return `${error.name}: ${message.trim().replaceAll(/\s*\n\s*/g, ' ')}${placeOf(error)}`
}

interface Frame {
  readonly file: string
  /** Line and column. */
  readonly position: string
}

function frameOf(line: string): Frame | undefined {
  const [, file, row, column] = FRAME.exec(line) ?? []
  return file === undefined ? undefined : { file: decoded(file), position: `${row}:${column}` }
}

/** Of whoever uses the program, innermost first. */
function framesOf(error: unknown): Frame[] {
  return stackOf(error).split('\n').map(frameOf).filter(isTheirs)
}

function isTheirs(frame: Frame | undefined): frame is Frame {
  if (frame === undefined) return false
  const { file } = frame
  return (
    /[\\/]/.test(file) && !/^(node|data|native):/.test(file) && !file.includes(OURS) && !LOADERS.test(file)
  )
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : ''
}

function nameOf(file: string): string {
  return file.replace(/^.*[\\/]/, '')
}

function decoded(file: string): string {
  try {
    return decodeURI(file)
  } catch {
    return file
  }
}
