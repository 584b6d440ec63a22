/** A process of its own for one claim file: sends its rows to whoever started it. */
import { UserError } from '../../src/core/errors.ts'
import { rowsIn } from './rows.ts'

try {
  process.send?.(await rowsIn(process.argv[2]))
} catch (error) {
  process.stderr.write(`${error instanceof UserError ? error.message : (error as Error).stack}\n`)
  process.exitCode = error instanceof UserError ? 2 : 1
}
process.disconnect?.()
