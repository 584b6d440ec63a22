import type { Measurements } from '../measurements/contract.ts'
import { Unusable } from '../measurements/unusable.ts'
import type { Catalogue } from '../scenario/facts.ts'
import type { Outcome } from './contract.ts'
import { poolComparisons, type Ran, runOnPools } from './disaggregated-row.ts'
import { tellings } from './like-runs.ts'
import { isOffline } from './offline.ts'
import { outcomesIn, type Predicted } from './outcomes.ts'
import { isDisaggregated, wholePoolsOf } from './pools.ts'
import { comparisonsOf, type Found, paceRatio } from './served-comparisons.ts'
import { doubtOf } from './served-doubt.ts'
import { served as serve } from './served-replica.ts'
import {
  layoutOf,
  layoutText,
  limitsIn,
  type ServedRow,
  servedRows,
  setupOf,
  subjectIn,
} from './served-row.ts'
import { requestTokens, shapeOf } from './served-shape.ts'
import { draftTokensOf, headOfModel, speculating } from './speculation.ts'
import { markOf, NOT_RECORDED, speculates } from './speculation-mark.ts'
import type { Subject } from './subject.ts'

/** Runs that speculate, as their rows say or as the faster of two like ones. */
export async function* speculativeRuns(
  measurements: Measurements,
  catalogue: Catalogue,
): AsyncGenerator<Outcome> {
  const rows = servedRows(measurements)
  const told = tellings(rows)
  const likeOf = (row: ServedRow) => {
    const telling = told.get(row)
    return telling?.state === 'speculating' ? telling.like : undefined
  }
  const mine = rows.filter(row => !isOffline(row) && (speculates(row) || likeOf(row) !== undefined))
  yield* outcomesIn(mine, row => predicted(row, likeOf(row), catalogue))
}

/** @param like where the row's speculation is known by that run, which has its layout and does without */
async function predicted(
  row: ServedRow,
  like: ServedRow | undefined,
  catalogue: Catalogue,
): Promise<Predicted[]> {
  const run = isDisaggregated(row) ? onPools : onReplicas
  const { found, comparisons } = await run(row, like ?? row, catalogue, subject => proposing(row, subject))
  if (like === undefined) return comparisons
  const without = await run(row, like, catalogue, subject => subject)
  return [...comparisons, ...paceRatio(found, like, without.found.run)]
}

interface Compared {
  readonly found: Found
  readonly comparisons: Predicted[]
}

type Prepare = (subject: Subject) => Subject

async function onPools(
  row: ServedRow,
  like: ServedRow,
  catalogue: Catalogue,
  prepare: Prepare,
): Promise<Compared> {
  const pools = wholePoolsOf(like)
  const ran = await runOnPools(row, pools, catalogue, prepare)
  const found = { row, ...ran, layout: `${ran.layout}, ${proposedText(row, ran)}`, doubt: doubtOfRow(row) }
  return { found, comparisons: poolComparisons(found, pools) }
}

async function onReplicas(
  row: ServedRow,
  _like: ServedRow,
  catalogue: Catalogue,
  prepare: Prepare,
): Promise<Compared> {
  const setup = setupOf(row, catalogue)
  const layout = layoutOf(row)
  const shape = shapeOf(row, setup.engine)
  const subject = prepare(subjectIn(setup, layout))
  const limits = limitsIn(row, setup.engine, requestTokens(row, shape))
  const run = await serve(subject, limits, shape.load, layout.replicas)
  const text = `${layoutText(layout)}, ${proposedText(row, { subject })}`
  const found = { row, subject, layout: text, shape, run, doubt: doubtOfRow(row) }
  return { found, comparisons: comparisonsOf(found) }
}

function proposing(row: ServedRow, subject: Subject): Subject {
  return speculating(subject, headOfModel(subject), proposedIn(row, subject))
}

function proposedIn(row: ServedRow, subject: Subject): number {
  const mark = markOf(row)
  if (mark.state !== 'speculating') return draftTokensOf(subject)
  if (mark.method === 'eagle') throw new Unusable('which model proposes tokens is not stated')
  return mark.draftTokens ?? draftTokensOf(subject)
}

function proposedText(row: ServedRow, { subject }: Pick<Ran, 'subject'>): string {
  return `${proposedIn(row, subject)} proposed`
}

/** That it speculates is known here. */
function doubtOfRow(row: ServedRow): string | undefined {
  const doubt = doubtOf(row)
  return doubt === NOT_RECORDED ? undefined : doubt
}
