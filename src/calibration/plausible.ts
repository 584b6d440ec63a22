import { UserError } from '../core/errors.ts'
import { type Setup, subjectOf } from '../fidelity/subject.ts'
import { devicesOf } from '../latency/layout.ts'
import { TransformerWork } from '../latency/work.ts'
import type { Observation } from './contract.ts'
import type { Placed } from './predictions.ts'

/** Steps may be a little quicker than datasheets allow: clocks, rounding, caches. */
const SLACK = 0.9
/** Measurements beyond so many times the prediction, either way, are of another unit or another thing. */
const FAR = 200
/** Measurements under the same conditions that differ by more contradict each other. */
const TWICE = 2

/** Metrics of which none is quicker than reading the weights once. */
const STEPS = /^(decode step|prefill step|tpot_|ttft_)/
/** Of those, the ones that no queue stretches. */
const UNQUEUED = /^(decode step|prefill step|tpot_)/

/**
 * Throws a UserError at the first measurement that no device can have made, that is of another order than the
 * prediction, or that contradicts one before it.
 *
 * @param predicted by the catalogue, for each quantity of the observations in order
 */
export function checkPlausible(observations: readonly Observation[], predicted: readonly number[]): void {
  const seen = new Map<string, Placed>()
  const floors = new Map<Setup, number>()
  let row = 0
  for (const { place, setup, quantities } of observations) {
    if (!floors.has(setup)) floors.set(setup, floorS(setup))
    for (const quantity of quantities) {
      const placed = { place, ...quantity }
      checkFloor(placed, setup, floors.get(setup)!)
      checkOrder(placed, predicted[row++])
      const key = JSON.stringify([quantity.metric, quantity.conditions, setup.weights, setup.kv])
      checkTwin(placed, seen.get(key))
      seen.set(key, placed)
    }
  }
}

/** Seconds in which the devices read the weights that one token needs. */
function floorS(setup: Setup): number {
  const { parallelism, constants, model } = subjectOf(setup)
  const work = new TransformerWork(model, parallelism)
  const bytes = work.tokenBytes(1) + work.sampledBytes(1)
  return bytes / (constants.bytesPerS * devicesOf(parallelism))
}

function checkFloor({ place, metric, measured }: Placed, setup: Setup, floor: number): void {
  if (!STEPS.test(metric) || measured >= SLACK * floor) return
  const { model, weights, tp, device } = setup
  const what = `${model.id} in ${weights} on ${tp} x ${device.id}`
  throw new UserError(
    `${place}: ${metric} is ${text(measured)} s; ${what} takes ${text(floor)} s at least to read its weights: ` +
      'check model, weights, tp and unit',
  )
}

function checkOrder({ place, metric, measured }: Placed, predicted: number): void {
  if (Number.isNaN(predicted)) {
    throw new UserError(
      `${place}: ${metric} cannot be predicted: no request fits the KV pool; check model, weights and tp`,
    )
  }
  const times = measured / predicted
  if (!UNQUEUED.test(metric) || !(times > FAR)) return
  const column = metric.replace(/ (step)$/, ' time')
  throw new UserError(
    `${place}: ${metric} is ${text(measured)} s, ${Math.round(times)} times the ${text(predicted)} s that are ` +
      `expected; must be in seconds: a column of milliseconds is to be named so, such as ${asMs(column)}`,
  )
}

function asMs(metric: string): string {
  return metric.includes('time') ? 'time_ms' : `${metric}_ms`
}

function checkTwin(one: Placed, other: Placed | undefined): void {
  if (other === undefined) return
  const times = Math.max(one.measured / other.measured, other.measured / one.measured)
  if (times <= TWICE) return
  throw new UserError(
    `${one.place}: ${one.metric} is ${text(one.measured)} s, and ${text(other.measured)} s in ${other.place} under ` +
      'the same conditions; leave one of them out',
  )
}

function text(seconds: number): string {
  return String(Number(seconds.toPrecision(3)))
}
