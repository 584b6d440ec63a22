import { pairName } from './cases.ts'
import type { Claim } from './claim-schema.ts'
import { casesTable, rangeText, tableText } from './markdown-tables.ts'
import type { ClaimRow } from './rows.ts'
import { errorsOf, reasonOf } from './table.ts'
import { type ClaimVerdict, claimVerdict, type Judged } from './verdict.ts'

const LESSONS = '## What it teaches'

/** A claim with its rows. */
export interface Tried {
  readonly claim: Claim
  readonly rows: readonly ClaimRow[]
}

/** claims.md: what it teaches, as it was written by hand, between what is made of the rows. */
export function claimsMarkdown(tried: readonly Tried[], lessons: string): string {
  const claims = tried.filter(({ claim }) => !claim.is_anchor)
  const anchors = tried.filter(({ claim }) => claim.is_anchor)
  return [
    INTRODUCTION,
    `${LESSONS}\n\n${lessons}`,
    `## At a glance\n\n${glance(claims)}`,
    ...anchors.map(anchorText),
    ...claims.map(claimText),
  ].join('\n\n')
}

/** The section of a claims.md that is written by hand. */
export function lessonsIn(markdown: string): string {
  const [, after = ''] = markdown.split(`${LESSONS}\n`)
  return after.split('\n## ')[0].trim()
}

const INTRODUCTION = `# The industry's claims

Each claim is a scenario and an experiment: \`configs/claims/*.yaml\`. \`npm run claims\` runs them again; all digits are in
\`claims.csv\`.

- Equal work: both sides serve the same requests at the same SLO. Each is one replica by itself on its share of a node, at the
  highest rate at which it holds the SLO or a share of that, in the best of the layouts tried; a fleet has as many as the work
  needs, so how requests are spread over replicas plays no part.
- A figure is how many times better the subject is than the other, at the catalogue's given values; in brackets are the 5 % and 95 %
  quantiles over draws of all estimates in their ranges (Latin hypercube), a fact that both sides share drawn once for both.
  0 and ∞ are where one of the two alone misses its SLO.
- A case _holds_ where the whole band is at or beyond the least that is claimed, even if the simulator itself is off by the
  model error stated; _does not_ where all of it is below; else it _cannot be told_. A claim holds where all its cases do.
- ⇄ marks conclusions that flip inside the ranges: some draw says otherwise than the given values.
- Bands have the noise of the search in them: rates are found to 3 %.`

function glance(claims: readonly Tried[]): string {
  const head = [
    ...['claim', 'cases run', 'hold', 'do not', 'cannot be told'],
    ...['simulated, times better', 'measured or published', 'verdict'],
  ]
  const lines = claims.map(({ claim, rows }) => {
    const { ruling, holds, fails, open, notRun } = verdictOf(rows)
    const ran = holds.length + fails.length + open.length
    const counts = [`${ran} of ${ran + notRun.length}`, holds.length, fails.length, open.length].map(String)
    const evidence = claim.evidence.map(({ what }) => what).join('; ')
    return [`${claim.id}. ${claim.says}`, ...counts, rangeText(rows), evidence || '–', `**${ruling}**`]
  })
  return tableText([head, ...lines])
}

function anchorText({ claim, rows }: Tried): string {
  const head = [
    'work',
    'pair',
    'measured, times',
    'simulated, times',
    'error',
    'of the first',
    'of the second',
    'measured by',
  ]
  const lines = rows.map(row => {
    const { given, result } = row
    const errors = errorsOf(row)
    const ratio = 'why' in result ? '–' : short(result.ratio)
    const band = 'why' in result ? '' : ` (${short(result.band.low)}–${short(result.band.high)})`
    return [
      given.work,
      `${given.subject} against ${given.against}`,
      short(given.measured?.ratio ?? Number.NaN),
      `${ratio}${band}`,
      ...[errors.ratio, errors.subject, errors.against].map(percentText),
      given.measured?.source ?? '',
    ]
  })
  const misses = rows.flatMap(({ given }) =>
    given.measured?.miss === undefined ? [] : [`- ${pairName(given)}: ${given.measured.miss}`],
  )
  return [`## ${claim.title}`, claim.says, tableText([head, ...lines]), misses.join('\n')].join('\n\n')
}

function claimText({ claim, rows }: Tried): string {
  const verdict = verdictOf(rows)
  const evidence = claim.evidence.map(({ what, source }) => `- ${what} (${source})`)
  return [
    `## ${claim.id}. ${claim.title}`,
    `> ${claim.says}\n\nTrue if: ${claim.true_if} Model error: ${claim.model_error.factor} times (${claim.model_error.source}).`,
    `**${capital(verdict.ruling)}.** ${verdictText(rows, verdict)}`,
    ...(evidence.length === 0 ? [] : [`Measured or published:\n\n${evidence.join('\n')}`]),
    casesTable(rows),
    ...notRun(rows),
  ].join('\n\n')
}

/** Where it holds, unless everywhere; and by work how many cases go which way. */
function verdictText(rows: readonly ClaimRow[], { holds, open, fails }: ClaimVerdict): string {
  const pairs = [...new Set(holds)].map(name => `- ${name}`)
  const where =
    pairs.length > 0 && open.length + fails.length > 0 ? `\n\nIt holds for\n\n${pairs.join('\n')}` : ''
  const works = [...new Set(rows.map(({ given }) => given.work))]
  const counts = works.map(work =>
    countsText(work, verdictOf(rows.filter(({ given }) => given.work === work))),
  )
  return `${counts.join('; ')}.${where}`
}

function countsText(work: string, { holds, fails, open, notRun }: ClaimVerdict): string {
  const told = [
    [holds, 'hold'],
    [fails, 'do not'],
    [open, 'cannot be told'],
    [notRun, 'cannot be run'],
  ] as const
  const counts = told.flatMap(([names, what]) => (names.length === 0 ? [] : [`${names.length} ${what}`]))
  return `${work}: of the cases ${counts.join(', ')}`
}

function notRun(rows: readonly ClaimRow[]): string[] {
  const reasons = new Map(
    rows.flatMap(({ given, result }) =>
      'why' in result ? [[`- ${pairName(given)}: ${reasonOf(result.why)}`, true] as const] : [],
    ),
  )
  return reasons.size === 0 ? [] : [`Not run:\n\n${[...reasons.keys()].join('\n')}`]
}

/** Of its cases but what-ifs; those of a pair that hold at every utilisation have one name. */
export function verdictOf(rows: readonly ClaimRow[]): ClaimVerdict {
  const keyOf = ({ given }: ClaimRow) => `${pairName(given)}, ${given.measure}`
  const verdictIn = ({ result }: ClaimRow) => ('why' in result ? undefined : result.verdict)
  const isAlike = (row: ClaimRow) =>
    rows.every(other => keyOf(other) !== keyOf(row) || verdictIn(other) === verdictIn(row))
  return claimVerdict(
    rows
      .filter(({ given }) => given.isWhatIf === undefined)
      .map((row): Judged => {
        const at = isAlike(row) ? '' : ` at ${100 * row.given.utilisation} % of its rate`
        return { name: `${pairName(row.given)}${at}`, verdict: verdictIn(row) }
      }),
  )
}

function capital(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}`
}

function short(value: number): string {
  return Number.isNaN(value) ? '–' : String(Number(value.toPrecision(3)))
}

function percentText(error: number): string {
  return Number.isNaN(error) ? '–' : `${error < 0 ? '−' : '+'}${Math.abs(Math.round(100 * error))} %`
}
