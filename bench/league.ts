/** `npm run league`: every routing policy on six courses, ten replications each, as CSV and as a table to read. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { prepare } from '../src/experiments/prepare.ts'
import type { PolicyName } from '../src/routing/registry.ts'
import { traceOpener } from '../src/scenario/files.ts'
import { readResults } from '../src/sweeps/analysis/saved-results.ts'
import { loadExperiment } from '../src/sweeps/load-experiment.ts'
import { scenarioAt } from '../src/sweeps/settings.ts'
import { COURSES, experimentFile, type LeagueCourse } from './league/courses.ts'
import { entryOf } from './league/entries.ts'
import { lacking } from './league/lacking.ts'
import { leagueMarkdown, lessonsIn } from './league/markdown.ts'
import { standingsOf } from './league/standings.ts'
import { type LeagueRow, leagueCsv, leagueRecords } from './league/table.ts'

const CSV = fromRoot('bench/results/league.csv')
const MARKDOWN = fromRoot('bench/results/league.md')

const rows: LeagueRow[] = []
for (const course of COURSES) rows.push(...(await rowsOf(course)))
const csv = leagueCsv(rows)
const before = existsSync(MARKDOWN) ? readFileSync(MARKDOWN, 'utf8') : ''
const isNew = !existsSync(CSV) || readFileSync(CSV, 'utf8') !== csv
writeFileSync(CSV, csv)
writeFileSync(MARKDOWN, `${leagueMarkdown(leagueRecords(csv), lessonsIn(before))}\n`)
process.stdout.write(`\nWritten to ${CSV} and ${MARKDOWN}\n`)
if (isNew)
  process.stdout.write('The figures are new: read again whether what the table teaches follows from them\n')

async function rowsOf(course: LeagueCourse): Promise<LeagueRow[]> {
  const file = fromRoot(experimentFile(course))
  const out = fromRoot(`results/league/${course.id}`)
  sweep(file, out)
  const experiment = loadExperiment(file)
  const { scenarioFile, catalogue, spec } = experiment
  const prepared = await prepare(scenarioAt(experiment, 0), catalogue, traceOpener(scenarioFile))
  return standingsOf(readResults(out), spec.confidence, entryOf).map(standing => ({
    course: course.id,
    standing,
    lacks: lacking(standing.policy as PolicyName, prepared),
  }))
}

/** As a run of the program. What an interrupted one has finished is not run again. */
function sweep(experiment: string, out: string): void {
  const words = ['sweep', experiment, '--out', out, '--extend']
  const { status } = spawnSync(process.execPath, [fromRoot('dist/main.js'), ...words], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`the sweep of ${experiment} ended with exit code ${status}`)
}

/** A path from the root of the project: this runs as it stands, beside the catalogue. */
function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}
