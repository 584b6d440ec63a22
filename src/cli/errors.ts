import { CommanderError } from 'commander'
import { UserError } from '../core/errors.ts'

const USER_MISTAKE = 2
const BUG = 1

/** Says on stderr what went wrong and gives the exit code. */
export function report(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USER_MISTAKE
  if (error instanceof UserError) {
    process.stderr.write(mistakesText(error.message))
    if (debug) process.stderr.write(`${stackOf(error.cause ?? error)}\n`)
    return USER_MISTAKE
  }
  if (isSystemError(error)) {
    process.stderr.write(`regatta: ${error.path ?? error.syscall}: ${error.message}\n`)
    return USER_MISTAKE
  }
  process.stderr.write(`regatta: this is a bug in regatta, please report it\n${stackOf(error)}\n`)
  return BUG
}

/** One line of ours for each mistake that names a place of its own; the rest of a message stays on its line. */
function mistakesText(message: string): string {
  const lines = message.trim().split(/\s*\n\s*/)
  const text = lines.reduce((before, line) => `${before}${PLACED.test(line) ? '\nregatta: ' : ' '}${line}`)
  return `regatta: ${text}\n`
}

/** `file:line:column: ` */
const PLACED = /^.+?:\d+:\d+: /

/** A full disk or a forbidden file is not our bug. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'errno' in error
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** A message of the command-line parser on one line of ours. */
export function parserMessage(message: string): string {
  return `regatta: ${message
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')}\n`
}

/** `regatta race ... | head` ends quietly when the reader has had enough. */
export function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
