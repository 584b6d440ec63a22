import { explain } from '../experiments/decisions/explain.ts'
import { MOST_CANDIDATES } from '../experiments/decisions/sights.ts'
import { type RegretFigures, regretFigures } from '../results/regret.ts'
import { type RatedColumn, rated } from './best.ts'
import type { RunFlags } from './flags.ts'
import { CUT_NOTE, fittedTable, paragraph, percent, print, short, wrapped } from './print.ts'
import { Progress } from './progress.ts'
import { count } from './quantities.ts'
import type { Explained } from './result-files.ts'
import type { LoadedScenario } from './scenario.ts'
import type { Session } from './session.ts'

/** Explains as many decisions of every policy as the flag says, if it is given. */
export async function showExplained({ loaded, entrants, files, flags }: Session<RunFlags>): Promise<void> {
  if (flags.explain === undefined) return
  print(`\n${effortText(loaded, entrants.length, flags.explain)}`)
  const progress = new Progress(entrants.length)
  const explained: Explained[] = []
  for (const [done, entrant] of entrants.entries()) {
    const onRun = (runs: number, of: number) =>
      progress.show(done + runs / of, `${entrant.label} run ${runs} of ${of} to explain it`)
    const options = { decisions: flags.explain, stepByStep: flags.stepByStep ?? false, onRun }
    const decisions = await explain(loaded.course, entrant, options)
    explained.push({ entrant, decisions, figures: regretFigures(decisions) })
  }
  progress.stop()
  files?.explained(explained)
  print(`\n${regretText(explained, flags.explain)}`)
}

/** How often the course is run again, which bounds what it takes; told before any of it. */
function effortText({ workload, course }: LoadedScenario, policies: number, asked: number): string {
  const decisions = Math.min(asked, workload.requests)
  const others = Math.min(MOST_CANDIDATES, course.replicas.length) - 1
  return paragraph(
    `To explain them takes ${count(decisions * others * policies)} more runs at most: of ${count(policies)} policies, ` +
      `${count(decisions)} decisions each, ${count(others)} other replicas each.`,
  )
}

/** One line a policy, in the order given, of so many decisions as were asked for. */
export function regretText(explained: readonly Explained[], asked: number): string {
  const column = (
    heading: string,
    value: (figures: RegretFigures) => number,
    { text = short, better = 'low', spare }: Partial<Pick<RatedColumn, 'text' | 'better' | 'spare'>> = {},
  ) => rated({ heading, text, better, spare, values: explained.map(({ figures }) => value(figures)) })
  const { text: table, isCut } = fittedTable(
    [
      { heading: '\npolicy', cells: explained.map(({ entrant }) => entrant.label), align: 'left' },
      column('E2E s\nmean ', ({ meanE2eS }) => meanE2eS),
      column('regret\nmean ', ({ e2e }) => e2e.meanS),
      column('\np50 ', ({ e2e }) => e2e.p50S, { spare: 2 }),
      column('\np95 ', ({ e2e }) => e2e.p95S),
      column('TTFT s\nmean ', ({ meanTtftS }) => meanTtftS),
      column('regret\nmean ', ({ ttft }) => ttft.meanS),
      column('\np95 ', ({ ttft }) => ttft.p95S, { spare: 1 }),
      column('best\nof all % ', ({ bestShare }) => bestShare, { text: percent, better: 'high' }),
      column('SLO\nmissed % ', ({ missedShare }) => missedShare, { text: percent }),
      column('avoid-\nably % ', ({ avoidableShare }) => avoidableShare, { text: percent }),
    ],
    1,
  )
  return [
    paragraph(`In hindsight: ${scopeText(explained, asked)}`),
    table,
    ...notes(explained),
    ...(isCut ? [paragraph(CUT_NOTE)] : []),
  ].join('\n')
}

function scopeText(explained: readonly Explained[], asked: number): string {
  const most = Math.max(...explained.map(({ figures }) => figures.decisions))
  if (most < asked) {
    return `all ${count(most)} decisions of each policy in the window, where ${count(asked)} were asked for`
  }
  return `${most} decisions of each policy, spread evenly over the window`
}

function notes(explained: readonly Explained[]): string[] {
  const isCapped = explained.some(({ decisions }) =>
    decisions.some(({ choices, candidates }) => choices > candidates.length),
  )
  const tried = isCapped
    ? `the ${MOST_CANDIDATES} available replicas that promised to end it first`
    : 'all available replicas'
  return [
    paragraph(
      `Regret: what the best of ${tried} would have saved the request. For each, the run\n` +
        'was made again until the request ended, with every other decision as it was, by the number of the request.',
    ),
    'Avoidably: missed the SLO though another replica would have met it.',
    ...refusals(explained),
  ]
}

function refusals(explained: readonly Explained[]): string[] {
  const refusing = explained.filter(({ figures }) => figures.refused > 0)
  if (refusing.length === 0) return []
  const counts = refusing.map(({ entrant, figures }) => `${entrant.label} ${figures.refused}`)
  return [wrapped(`Refused, and without regret: ${counts.join(', ')}.`)]
}
