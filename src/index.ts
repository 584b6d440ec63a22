/**
 * Regatta as a library. Everything here runs in a browser too; what reads and writes files is in `files.ts`.
 *
 *     const catalogue = loadCatalogue([SHIPPED_CATALOGUE])             // from 'regatta/files'
 *     const prepared = await prepare(loadScenario(file), catalogue, traceOpener(file))
 *     const standings = await race(prepared.course, [{ name: 'power-of-two', label: 'power-of-two' }])
 *     standings[0].figures.goodputRps
 *
 * A routing policy of your own is a file whose default export is a `PolicyFactory`:
 *
 *     import type { PolicyFactory } from 'regatta'
 *     const fewest: PolicyFactory = ({ cluster }) => () => ...the number of a replica
 *     export default fewest
 */
export { ArrivalBlock, type ArrivalSource, type ReadingReport } from './arrivals/contract.ts'
export type { ReadingOptions, TraceFormat, TraceInput } from './arrivals/formats/contract.ts'
export { opened } from './arrivals/formats/detect.ts'
export { formats } from './arrivals/formats/registry.ts'
export { type ArrivalRow, fromMemory, fromRows } from './arrivals/memory.ts'
export { type TraceStatistics, traceStatistics } from './arrivals/statistics/statistics.ts'
export { UserError } from './core/errors.ts'
export type { Random } from './core/random.ts'
export { type AtSlo, type AtSloOptions, atSlo } from './experiments/at-slo.ts'
export { type Capacity, type CapacityQuestion, capacityOf } from './experiments/capacity.ts'
export { type Contender, type Ranked, rankedByCapacity } from './experiments/capacity-ranking.ts'
export { type Crossings, crossingsOf } from './experiments/crossings.ts'
export { type ExplainOptions, explain } from './experiments/decisions/explain.ts'
export { type LoadCurve, loadCurve, loadsBetween } from './experiments/load-curve.ts'
export { type LoadRun, type LoadRuns, loadRuns } from './experiments/load-runs.ts'
export { type Manifest, manifestOf } from './experiments/manifest.ts'
export { atRate, atStance, type PacedWorkload, type Prepared, prepare } from './experiments/prepare.ts'
export { type Entrant, type RaceHooks, race, type Standing } from './experiments/race.ts'
export { type EndRace, raceAtEnds, type Verdict, verdicts } from './experiments/ranges.ts'
export { ranked, rankings } from './experiments/ranking.ts'
export { type Saturation, saturated, saturationOf } from './experiments/saturation.ts'
export type { ClassSlo, Course } from './fleet/course.ts'
export type { Tier } from './gateway/contract.ts'
export { type Bound, boundOf, type CostBound } from './planning/bound.ts'
export { type Gap, gapOf } from './planning/gaps.ts'
export { hindsightRuns } from './planning/hindsight.ts'
export type { ReplicaKind } from './replicas/contract.ts'
export type { Column } from './results/columns/column.ts'
export { type CsvFile, csvFiles } from './results/columns/files.ts'
export type { Candidate, Decision, Fate } from './results/decision.ts'
export { type Fairness, jainIndex } from './results/fairness.ts'
export { type Figures, figuresOf, perGoodMtok, perMtok } from './results/figures.ts'
export type { GroupResult } from './results/group-result.ts'
export { type RegretFigures, regretFigures, regretOf } from './results/regret.ts'
export type {
  LinkResult,
  PromptTokens,
  ReplicaResult,
  RunResult,
  SampleRow,
  TransferResult,
} from './results/run-result.ts'
export { compositionEntry } from './routing/composition/composed.ts'
export type { Composition } from './routing/composition/contract.ts'
export {
  type ClusterView,
  type EndedView,
  type FlowEdge,
  type FlowGraph,
  type OraclePolicyFactory,
  type Policy,
  type PolicyFactory,
  type PolicySetup,
  type Prediction,
  REJECT,
  type ReplicaId,
  type RequestView,
  type Slo,
  WAIT,
} from './routing/contract.ts'
export { type PolicyEntry, policies } from './routing/registry.ts'
export { buildFleet } from './scenario/build.ts'
export { readYaml, sourceOf } from './scenario/document.ts'
export { catalogueFrom } from './scenario/entries.ts'
export { parseScenario, type Scenario, scenarioJsonSchema } from './scenario/schema.ts'
export { type PolicyChoice, type RunOptions, simulate } from './simulate.ts'
export { type BatchMeans, batchMeans } from './statistics/batch-means.ts'
export { holm } from './statistics/holm.ts'
export { type Interval, meanInterval } from './statistics/interval.ts'
export { type PairedDifference, pairedDifference } from './statistics/paired.ts'
export { quantileInterval } from './statistics/quantile.ts'
export type { Sampling } from './statistics/sampling.ts'
export { warmUpOf as mser5 } from './statistics/warm-up.ts'
