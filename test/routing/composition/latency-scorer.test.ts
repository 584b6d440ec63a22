import { describe, expect, it } from 'vitest'
import type { RequestView, Slo } from '../../../src/routing/contract.ts'
import { FakeCluster, GPU, request } from '../fake-cluster.ts'
import { scoresOf } from './helpers.ts'

/** Replicas that would have the request's first token after so many seconds, and then one every so many. */
class Timed extends FakeCluster {
  readonly #times: readonly (readonly [ttftS: number, tpotS: number])[]

  constructor(times: readonly (readonly [number, number])[]) {
    super(times.map(() => GPU))
    this.#times = times
    times.forEach((_, replica) => {
      this.load(replica, 0, 1)
    })
  }

  override expectedTtftS(replica: number): number {
    return this.#times[replica][0]
  }
  override expectedTpotS(replica: number): number {
    return this.#times[replica][1]
  }
}

function wanting(slo: Slo): RequestView {
  return Object.assign(request(), { slo })
}

const view = wanting({ ttftS: 0.2, tpotS: 0.05 })
const near = (score: number) => expect.closeTo(score, 9)

describe('scores by headroom', () => {
  it('are 1 at the least and 0 at the most, as in the example of the source', () => {
    const cluster = new Timed([
      [0.08, 0.01],
      [0.15, 0.01],
      [0.17, 0.01],
    ])
    expect(scoresOf('latency-scorer', cluster, {}, view)).toEqual([0, 7 / 9, 1].map(near))
    const most = { options: { least_headroom: 0 } }
    expect(scoresOf('latency-scorer', cluster, most, view)).toEqual([1, 2 / 9, 0].map(near))
  })

  it('blend TTFT and TPOT by weight', () => {
    const cluster = new Timed([
      [0.1, 0.04],
      [0.2, 0.02],
      [0.15, 0.03],
    ])
    expect(scoresOf('latency-scorer', cluster, {}, view)).toEqual([0.2, 0.8, 0.5].map(near))
    const options = { ttft_weight: 0, tpot_weight: 3 }
    expect(scoresOf('latency-scorer', cluster, { options }, view)).toEqual([1, 0, 0.5].map(near))
  })

  it('leave out whoever misses while others do not', () => {
    const cluster = new Timed([
      [0.3, 0.01],
      [0.1, 0.01],
      [0.2, 0.01],
      [0.1, 0.06],
    ])
    expect(scoresOf('latency-scorer', cluster, {}, view)).toEqual([0, 0, 1, 0])
  })

  it('where all miss go to the idle, then to those that miss TPOT alone, then TTFT alone, and there to the least missed', () => {
    const times = [
      [0.9, 0.09],
      [0.3, 0.09],
      [0.3, 0.01],
      [0.5, 0.01],
    ] as const
    expect(scoresOf('latency-scorer', new Timed(times), {}, view)).toEqual([0, 0, 1, 0])
    const oneInTime = new Timed([...times, [0.1, 0.08], [0.19, 0.07]])
    expect(scoresOf('latency-scorer', oneInTime, {}, view)).toEqual([0, 0, 0, 0, 0, 1])
    oneInTime.load(0, 0, 0)
    oneInTime.load(1, 0, 0)
    expect(scoresOf('latency-scorer', oneInTime, {}, view)).toEqual([0, 1, 0, 0, 0, 0])
  })

  it('count TTFT only of a request of one token, and the end where that alone is promised', () => {
    const cluster = new Timed([
      [0.1, 0.09],
      [0.2, 0.01],
    ])
    const one = Object.assign(request(1000, 1), { slo: view.slo })
    expect(scoresOf('latency-scorer', cluster, {}, one)).toEqual([0, 1])
    const infinite = { ttftS: Number.POSITIVE_INFINITY, tpotS: Number.POSITIVE_INFINITY }
    expect(scoresOf('latency-scorer', cluster, {}, wanting({ ...infinite, e2eS: 100 }))).toEqual([1, 0])
  })

  it('are 1 for all where all are the same', () => {
    const cluster = new Timed([
      [0.1, 0.01],
      [0.1, 0.01],
    ])
    expect(scoresOf('latency-scorer', cluster, {}, view)).toEqual([1, 1])
    expect(scoresOf('latency-scorer', cluster, { options: { least_headroom: 0 } }, view)).toEqual([1, 1])
  })
})
