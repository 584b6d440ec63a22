import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of this program's code: `src`, or `dist` where it is compiled. */
const CODE = new URL('..', import.meta.url)

const CODE_FILE = import.meta.url.endsWith('.ts') ? /(?<!\.d)\.ts$/ : /\.js$/

/** Of the package, whose description lies beside its code. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', CODE), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

let known: string | undefined

/** Version and fingerprint of all code of the program as it runs: results of other code may be others. */
export function codeVersion(): string {
  known ??= `${version()}-${fingerprint().slice(0, 16)}`
  return known
}

function fingerprint(): string {
  const names = readdirSync(CODE, { recursive: true, encoding: 'utf8' }).filter(name => CODE_FILE.test(name))
  const hash = createHash('sha256')
  for (const name of names.sort())
    hash.update(`${name}\n`).update(readFileSync(`${fileURLToPath(CODE)}${name}`))
  return hash.digest('hex')
}
