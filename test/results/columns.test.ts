import { describe, expect, it } from 'vitest'
import {
  EXPIRED,
  FINISHED,
  LENGTH,
  REFUSED,
  REJECTED,
  RequestTable,
  TIMED_OUT,
} from '../../src/requests/table.ts'
import { classColumns } from '../../src/results/columns/classes.ts'
import { type Cell, type Column, cellText } from '../../src/results/columns/column.ts'
import { type CsvFile, csvFiles } from '../../src/results/columns/files.ts'
import { linkColumns } from '../../src/results/columns/links.ts'
import { replicaColumns } from '../../src/results/columns/replicas.ts'
import { type RequestContext, requestColumns } from '../../src/results/columns/requests.ts'
import { summaryColumns } from '../../src/results/columns/summary.ts'
import { timeseriesColumns } from '../../src/results/columns/timeseries.ts'
import { figuresOf } from '../../src/results/figures.ts'
import type { GroupResult } from '../../src/results/group-result.ts'
import type { RunResult } from '../../src/results/run-result.ts'
import { madeGroup, madeReplica, madeResult } from './made.ts'

const UNITS = /_(s|j|g|w|usd|usd_per_h|rps|per_s|bytes|tokens|fraction|share|fairness|gap|mtok)$/
const WORDS = new Set([
  ...['policy', 'stance', 'bound', 'class', 'kind', 'device_kind', 'outcome'],
  ...['role', 'model', 'tenant', 'prefill_kind', 'link', 'by', 'name', 'tier', 'quantity', 'unit', 'what'],
  ...['metric', 'statistic', 'note'],
])
const COUNTS = new Set([
  'requests',
  'finished',
  'rejected',
  'refused',
  'expired',
  'timed_out',
  'retries',
  'timeouts',
  'hedges',
  'hedges_won',
  'cut_by_length',
  'preemptions',
  'swaps',
  'loads',
  'mean_transfers',
  'arrived_in_window',
  'replica',
  'prefill_replica',
  'replicas',
  'steps',
  'ordinal',
  'waiting_requests',
  'running_requests',
  'outstanding_requests',
  'decisions',
  'choices',
  'mean_candidates',
  'retries',
  'timeouts',
  'hedges',
  'hedges_won',
  'attempts',
  'replications',
  'saturated_runs',
  'more_replications',
  'batches',
])
const YES_OR_NO = new Set(['saturated', 'met_slo', 'chosen', 'behind'])
const SHARES = new Set([
  'load',
  'load_at_slo',
  'holds_load',
  'fails_load',
  'best_load',
  'behind_load',
  'confidence',
  'slo_attainment',
  'best_slo_attainment',
  'bound_slo_attainment',
  'transfer_contention',
  'ape_p50',
  'ape_p90',
])
/** In the unit that the policy has chosen. */
const SCORES = new Set(['score'])
/** In the unit that the row tells. */
const IN_UNIT_OF_ROW = new Set(['realised_mean', 'bias', 'mean_absolute_error', 'value', 'low', 'high'])
const WITHOUT_UNIT = [WORDS, COUNTS, YES_OR_NO, SHARES, SCORES, IN_UNIT_OF_ROW]

describe.each(Object.entries<CsvFile>(csvFiles))('%s', (_, { about, columns }) => {
  const names = columns.map(({ name }) => name)

  it('says what it is and what each column means', () => {
    for (const text of [about, ...columns.map(column => column.about)]) expect(text).toMatch(/^\w.{8,}/)
  })

  it('names every column once, in snake case, with its unit', () => {
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
      const [measure] = name.split('_half_width')
      expect(UNITS.test(measure) || WITHOUT_UNIT.some(group => group.has(measure)), name).toBe(true)
    }
  })
})

describe('columns', () => {
  it('read a run', () => {
    const result = madeResult({
      ttft: { count: 10, mean: 0.5, p50: 0.4, p90: 0.8, p99: 0.9 },
      isSaturated: true,
    })
    const row = textsOf(summaryColumns, { policy: 'mine', result, figures: figuresOf(result) })
    expect(row).toMatchObject({
      policy: 'mine',
      ttft_mean_s: '0.5',
      ttft_p99_s: '0.9',
      tpot_p50_s: '',
      slo_attainment: '0.8',
      saturated: 'yes',
      energy_busy_j: '6000',
      energy_idle_j: '1400',
      drain_s: '15',
    })
    expect(Number(row.j_per_mtok)).toBeCloseTo((7400 / 3000) * 1e6, 3)
    expect(Number(row.usd_per_good_mtok)).toBeCloseTo((1 / 2400) * 1e6, 6)
  })

  it('read what a gateway did, and nothing of it where there is none', () => {
    const gateway = {
      retries: 5,
      timeouts: 4,
      hedges: 3,
      hedgesWon: 2,
      lostS: 7,
      lostJ: 10,
      lostG: 8,
      lostUsd: 9,
    }
    const rowOf = (result: RunResult) =>
      textsOf(summaryColumns, { policy: 'mine', result, figures: figuresOf(result) })
    expect(rowOf(madeResult({ expired: 6, timedOut: 1, gateway }))).toMatchObject({
      ...{ expired: '6', timed_out: '1', retries: '5', timeouts: '4', hedges: '3', hedges_won: '2' },
      ...{ lost_s: '7', lost_usd: '9', lost_j: '12', lost_g: '8' },
    })
    expect(rowOf(madeResult())).toMatchObject({ retries: '0', hedges_won: '0', lost_s: '0', lost_j: '0' })
  })

  it('read a replica and a sample', () => {
    const row = textsOf(replicaColumns, { policy: 'mine', windowS: 100, replica: madeReplica() })
    expect(row).toMatchObject({
      load: '0.3',
      busy_fraction: '0.3',
      cost_busy_usd: '0.3',
      energy_busy_j: '6000',
    })
    const sample = {
      timeS: 10,
      kind: 'one',
      replicas: 2,
      waitingRequests: 3,
      runningRequests: 4,
      kvUsedFraction: 0.25,
      busyFraction: 0.5,
      requestsPerS: 6,
      outputTokensPerS: 7,
      watts: 900,
    }
    const texts = textsOf(timeseriesColumns, { policy: 'mine', sample })
    expect(texts).toMatchObject({
      time_s: '10',
      kv_used_fraction: '0.25',
      requests_per_s: '6',
      power_w: '900',
    })
  })
})

describe('the columns of a request', () => {
  const kinds = [
    { name: 'dear', usdPerHour: 7200 },
    { name: 'cheap', usdPerHour: 3600 },
  ]
  const context: RequestContext = {
    policy: 'mine',
    classes: ['all'],
    tenants: ['acme'],
    models: ['small', 'large'],
    kindOf: replica => kinds[replica],
    meetsSlo: () => true,
    pue: 1,
  }

  function ended() {
    const requests = new RequestTable()
    const request = requests.take()
    requests.replica[request] = 1
    requests.shareS[request] = 5
    requests.outcome[request] = FINISHED
    return { requests, request }
  }

  it('leave blank what happens to few', () => {
    const row = textsOf(requestColumns, { context: { ...context, models: [] }, ...ended() })
    for (const name of ['tenant', 'model', 'prefill_replica', 'prefill_kind', 'transfer_s']) {
      expect(row[name], name).toBe('')
    }
    expect(row).toMatchObject({ transfer_contention: '', replica: '1', kind: 'cheap', share_usd: '5' })
  })

  it('tell when it was sent: on arrival but for a gateway, and never where it was refused', () => {
    const { requests, request } = ended()
    requests.arrivalS[request] = 3
    const row = () => textsOf(requestColumns, { context, requests, request })
    expect(row()).toMatchObject({ sent_s: '3', retries: '0' })
    requests.tryAgain(request)
    expect(row()).toMatchObject({ sent_s: '', retries: '1' })
    requests.replica[request] = 1
    requests.journeys.sentS.set(request, 4.5)
    expect(row()).toMatchObject({ sent_s: '4.5', retries: '1' })
    requests.replica[request] = -1
    expect(row().sent_s).toBe('')
  })

  it.each([
    [FINISHED, 'finished', '5', 'yes'],
    [LENGTH, 'length', '5', 'yes'],
    [REJECTED, 'rejected', '', 'no'],
    [REFUSED, 'refused', '', 'no'],
    [EXPIRED, 'expired', '', 'no'],
    [TIMED_OUT, 'timed_out', '', 'no'],
  ])('tell outcome %i as %s', (outcome, name, e2eS, isMet) => {
    const { requests, request } = ended()
    requests.outcome[request] = outcome
    requests.endS[request] = 5
    const row = textsOf(requestColumns, { context, requests, request })
    expect(row).toMatchObject({ outcome: name, e2e_s: e2eS, met_slo: isMet })
  })

  it('tell both replicas where there were two, each at its price', () => {
    const { requests, request } = ended()
    const { journeys, notes } = requests
    journeys.prefillReplica.set(request, 0)
    journeys.earlierS.set(request, 2)
    journeys.earlierUsd.set(request, 4)
    journeys.transferS.set(request, 0.75)
    journeys.transferAloneS.set(request, 0.5)
    notes.tenantId.set(request, 0)
    notes.modelId.set(request, 1)
    expect(textsOf(requestColumns, { context, requests, request })).toMatchObject({
      ...{ tenant: 'acme', model: 'large', prefill_replica: '0', prefill_kind: 'dear' },
      ...{ replica: '1', kind: 'cheap', transfer_s: '0.75', transfer_contention: '1.5', share_usd: '7' },
    })
  })
})

describe('the columns of a link', () => {
  const link = { link: 'a nic-out', role: 'nic-out', bytesPerS: 100, bytes: 1000, busyS: 25, transferS: 50 }

  it('divide by the window, and by the time in which there were transfers', () => {
    expect(textsOf(linkColumns, { policy: 'mine', windowS: 50, link })).toEqual({
      ...{ policy: 'mine', link: 'a nic-out', role: 'nic-out', capacity_bytes_per_s: '100' },
      ...{ carried_bytes: '1000', used_fraction: '0.2', busy_fraction: '0.5', mean_transfers: '2' },
    })
    const unused = { ...link, bytes: 0, busyS: 0, transferS: 0 }
    const row = textsOf(linkColumns, { policy: 'mine', windowS: 50, link: unused })
    expect(row).toMatchObject({ used_fraction: '0', mean_transfers: '' })
  })
})

describe('the columns of a class or tenant', () => {
  const row = (group: GroupResult) => textsOf(classColumns, { policy: 'mine', windowS: 100, group })

  it('tell a tenant by counts and means', () => {
    expect(row(madeGroup())).toMatchObject({
      ...{ by: 'tenant', name: 'acme', tier: '', slo_ttft_s: '', arrived_in_window: '10', rejected: '1' },
      ...{ slo_attainment: '0.8', goodput_rps: '0.08', goodput_tokens_per_s: '24', served_tokens: '4000' },
      ...{ ttft_mean_s: '0.5', ttft_p99_s: '', e2e_mean_s: '2', e2e_p99_s: '' },
    })
  })

  it('tell a class by what it is promised and by quantiles, too', () => {
    const spread = { count: 9, mean: 1, p50: 2, p90: 3, p99: 4 }
    const chat = madeGroup({
      by: 'class',
      promised: { tier: 'critical', ttftS: 0.5, tpotS: Number.POSITIVE_INFINITY, e2eS: 8 },
      spreads: { ttft: spread, tpot: { ...spread, p99: 5 }, e2e: { ...spread, p99: 6 } },
    })
    expect(row(chat)).toMatchObject({
      ...{ by: 'class', tier: 'critical', slo_ttft_s: '0.5', slo_tpot_s: '', slo_e2e_s: '8' },
      ...{ slo_worst_itl_s: '', ttft_p50_s: '2', ttft_p99_s: '4', tpot_p99_s: '5', e2e_p99_s: '6' },
    })
  })
})

describe('a cell', () => {
  it.each<[Cell, string]>([
    [0.1 + 0.2, '0.30000000000000004'],
    [1e-7, '1e-7'],
    [Number.NaN, ''],
    [Number.POSITIVE_INFINITY, ''],
    [true, 'yes'],
    [false, 'no'],
    ['a', 'a'],
  ])('%s is written %j', (cell, text) => {
    expect(cellText(cell)).toBe(text)
  })
})

function textsOf<Row>(columns: readonly Column<Row>[], row: Row): Record<string, string> {
  return Object.fromEntries(columns.map(({ name, value }) => [name, cellText(value(row))]))
}
