import type { Predicted } from './outcomes.ts'
import { doubtOfMetric } from './served-doubt.ts'
import { figureOf } from './served-figures.ts'
import type { Served } from './served-replica.ts'
import { METRICS, type ServedRow } from './served-row.ts'
import { meanShare, type Shape } from './served-shape.ts'
import type { Subject } from './subject.ts'

/** A row of a served run, and what the simulation of it gave. */
export interface Found {
  readonly row: ServedRow
  readonly subject: Subject
  /** How replicas lie on devices, and what else tells rows of a group apart. */
  readonly layout: string
  readonly shape: Shape
  readonly run: Served
  /** Of the whole row. */
  readonly doubt: string | undefined
}

/** One for every metric that the row gives. */
export function comparisonsOf(found: Found): Predicted[] {
  const { row, subject, shape, run } = found
  return METRICS.filter(metric => row.number(metric) > 0).map(metric => ({
    ...commonOf(found, found.doubt ?? doubtOfMetric(row, subject, metric)),
    metric,
    measured: row.positive(metric),
    predicted: figureOf(metric, run, run.e2e.length * shape.inputTokens),
  }))
}

/** What clients get of each device, by their number and how long requests take; none where the row lacks its times. */
export function deviceThroughput(found: Found, devices: number): Predicted[] {
  const { row, run, shape } = found
  const [ttftS, tpotS] = [row.number('ttft_mean_s'), row.number('tpot_mean_s')]
  if (shape.loop === undefined || !(ttftS > 0 && tpotS > 0)) return []
  const tokens = meanShare(row) * shape.outputTokens
  const { clients } = shape.loop
  const perS = (ttft: number, tpot: number) => (clients * tokens) / (ttft + (tokens - 1) * tpot) / devices
  const mean = (metric: 'ttft_mean_s' | 'tpot_mean_s') => figureOf(metric, run, Number.NaN)
  return [
    {
      ...commonOf(found, found.doubt),
      metric: 'tok_s_per_device',
      measured: perS(ttftS, tpotS),
      predicted: perS(mean('ttft_mean_s'), mean('tpot_mean_s')),
    },
  ]
}

/**
 * TPOT as a share of that of a like run without speculation: what errors of the model's own steps hardly touch.
 *
 * @param without the simulation of `like`
 */
export function paceRatio(found: Found, like: ServedRow, without: Served): Predicted[] {
  const of = (run: Served) => figureOf('tpot_mean_s', run, Number.NaN)
  return [
    {
      ...commonOf(found, found.doubt),
      metric: 'tpot_vs_plain',
      measured: found.row.positive('tpot_mean_s') / like.positive('tpot_mean_s'),
      predicted: of(found.run) / of(without),
    },
  ]
}

function commonOf({ subject, layout, shape }: Found, doubt: string | undefined) {
  return {
    device: subject.device.id,
    model: subject.model.id,
    engine: subject.engine.id,
    weights: subject.weights,
    detail: `${layout}, ${shape.detail}`,
    ...(doubt === undefined ? {} : { doubt }),
  }
}
