import { COURSES, experimentFile, type LeagueCourse } from './courses.ts'
import { plusMinus } from './figures.ts'
import type { Metric } from './standings.ts'
import { halfWidthOf, type LeagueRecord } from './table.ts'

const LESSONS = '## What it teaches'

/** A metric in the table of a course: its heading, and what its unit there is worth in its own. */
const SHOWN: readonly (readonly [metric: Metric, heading: string, unit: number])[] = [
  ['slo_attainment', 'SLO attainment, %', 0.01],
  ['ttft_p99_s', 'p99 TTFT, s', 1],
  ['tpot_p99_s', 'p99 TPOT, ms', 0.001],
  ['usd_per_good_mtok', '$ / good Mtok', 1],
  ['j_per_good_mtok', 'MJ / good Mtok', 1e6],
  ['tenant_goodput_fairness', "fairness of goodput between tenants (Jain's)", 1],
  ['prefix_hit_share', 'prompt tokens found in caches, %', 0.01],
]

/** league.md: what it teaches, as it was written by hand, between what is made of the lines of league.csv. */
export function leagueMarkdown(records: readonly LeagueRecord[], lessons: string): string {
  return [
    introduction(records),
    `${LESSONS}\n\n${lessons}`,
    `## Places\n\n${placesText(records)}`,
    ...COURSES.map(course => courseText(course, records)),
  ].join('\n\n')
}

/** The section of a league.md that is written by hand. */
export function lessonsIn(markdown: string): string {
  const [, after = ''] = markdown.split(`${LESSONS}\n`)
  return after.split('\n## ')[0].trim()
}

function introduction(records: readonly LeagueRecord[]): string {
  const policies = new Set(records.map(({ policy }) => policy)).size
  const { replications } = records[0]
  return `# The league

Every routing policy of the registry, ${policies} with controls and oracle, with default options on six courses.
\`npm run league\` runs it again; all digits are in \`league.csv\`.

- Figures are means of ${replications} replications ± half of their 95 % intervals. All policies of a replication meet the same
  requests.
- Places go by SLO attainment: it is what users are promised, and it has bounds. On a course the fleet and so its dollars an
  hour are the same for all, so $ / good Mtok tells of goodput alone, and ranks much alike.
- ≈ cannot be told from the best: 95 % verdicts on paired differences, with Holm's correction over the course.
- Controls and the oracle, which is told true output lengths, are beside the league; in brackets is the place they would have.
- Every policy runs on every course. Where a course has nothing of what a policy acts on, its last column says so.
- The fleets rest on the catalogue's given values: the intervals are of chance alone, not of what the hardware may be.`
}

function courseText(course: LeagueCourse, records: readonly LeagueRecord[]): string {
  const own = records.filter(record => record.course === course.id)
  const shown = SHOWN.filter(([metric]) => own.some(record => record[metric] !== ''))
  const head = [
    'place',
    'policy',
    'behind the best, points',
    ...shown.map(([, heading]) => heading),
    'remarks',
  ]
  const lines = own.map(record => [
    placeText(record),
    record.policy,
    behindText(record),
    ...shown.map(([metric, , unit]) => figureText(record, metric, halfWidthOf(metric), unit)),
    remarks(record),
  ])
  return `## ${course.title}\n\n${course.about} \`${experimentFile(course)}\`\n\n${tableText([head, ...lines])}`
}

function placeText({ entry, place, against_best }: LeagueRecord): string {
  const mark = against_best === 'cannot tell' ? ' ≈' : ''
  return entry === 'policy' ? `${place}${mark}` : `(${place})${mark}`
}

function behindText(record: LeagueRecord): string {
  if (record.against_best === 'best') return 'best'
  return figureText(record, 'behind_best', 'behind_best_half_width', 0.01)
}

function figureText(record: LeagueRecord, mean: string, halfWidth: string, unit: number): string {
  if (record[mean] === '') return '–'
  const half = record[halfWidth] === '' ? Number.NaN : Number(record[halfWidth])
  return plusMinus(Number(record[mean]) / unit, half / unit)
}

function remarks({ entry, same_as, lacks, saturated_runs, replications }: LeagueRecord): string {
  return [
    entry === 'policy' ? '' : entry,
    same_as === '' ? '' : `= ${same_as}`,
    lacks,
    Number(saturated_runs) > 0 ? `queue grew in ${saturated_runs} of ${replications}` : '',
  ]
    .filter(text => text !== '')
    .join('; ')
}

/** Policies by the mean of their places, controls and oracle below. */
function placesText(records: readonly LeagueRecord[]): string {
  const policies = [...new Map(records.map(({ policy, entry }) => [policy, entry]))]
  const lines = policies
    .map(([policy, entry]) => placesOf(policy, entry === 'policy', records))
    .sort((a, b) => Number(b.isRanked) - Number(a.isRanked) || a.mean - b.mean)
  const head = ['policy', ...COURSES.map(({ title }) => title), 'mean place', 'best or ≈ on']
  return tableText([head, ...lines.map(({ cells }) => cells)])
}

function placesOf(policy: string, isRanked: boolean, records: readonly LeagueRecord[]) {
  const own = COURSES.map(({ id }) => records.find(each => each.course === id && each.policy === policy)!)
  const mean = own.reduce((sum, { place }) => sum + Number(place), 0) / own.length
  const level = own.filter(({ against_best }) => against_best === 'best' || against_best === 'cannot tell')
  const means = isRanked ? mean.toFixed(1) : `(${mean.toFixed(1)})`
  return { isRanked, mean, cells: [policy, ...own.map(placeText), means, String(level.length)] }
}

function tableText([head, ...lines]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n')
}
