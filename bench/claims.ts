/** `npm run claims`: the industry's claims as experiments, as CSV and as tables to read. */
import { fork } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { loadClaim } from './claims/claim-file.ts'
import { claimsMarkdown, lessonsIn, type Tried } from './claims/markdown.ts'
import type { ClaimRow } from './claims/rows.ts'
import { claimsCsv } from './claims/table.ts'

const FOLDER = 'configs/claims'
const CSV = 'bench/results/claims.csv'
const MARKDOWN = 'bench/results/claims.md'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const files = readdirSync(FOLDER).filter(name => name.endsWith('.yaml'))
const paths = files.sort().map(name => `${FOLDER}/${name}`)
const tried = await triedAll(paths)
const csv = claimsCsv(tried.flatMap(({ rows }) => rows))
const before = existsSync(MARKDOWN) ? readFileSync(MARKDOWN, 'utf8') : ''
const isNew = !existsSync(CSV) || readFileSync(CSV, 'utf8') !== csv
writeFileSync(CSV, csv)
writeFileSync(MARKDOWN, `${claimsMarkdown(tried, lessonsIn(before))}\n`)
process.stdout.write(`Written to ${CSV} and ${MARKDOWN}\n`)
if (isNew)
  process.stdout.write('The figures are new: read again whether what the table teaches follows from them\n')

/** Each file in a process of its own, as many at a time as there are processors. */
async function triedAll(paths: readonly string[]): Promise<Tried[]> {
  const waiting = [...paths.keys()]
  const results: Tried[] = []
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const rows = await rowsFrom(paths[next])
      results[next] = { claim: loadClaim(paths[next]).claim, rows }
      process.stdout.write(`${paths[next]}: ${rows.length} cases\n`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return results
}

function rowsFrom(path: string): Promise<ClaimRow[]> {
  const file = fileURLToPath(new URL('./claims/in-process.ts', import.meta.url))
  const child = fork(file, [path], { serialization: 'advanced' })
  return new Promise((resolve, reject) => {
    let rows: ClaimRow[] | undefined
    child.on('message', message => {
      rows = message as ClaimRow[]
    })
    child.on('exit', code => {
      if (rows === undefined) reject(new Error(`${path}: ended with exit code ${code} and no rows`))
      else resolve(rows)
    })
  })
}
