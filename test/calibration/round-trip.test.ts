import { describe, expect, it } from 'vitest'
import { defaultId, profileFile } from '../../src/calibration/profile.ts'
import { requestLog } from '../../src/calibration/request-log.ts'
import { evenLengths, servedRun } from '../../src/calibration/served-run.ts'
import { servedArrivals } from '../../src/calibration/serving.ts'
import { subjectOf } from '../../src/fidelity/subject.ts'
import { buildFleet } from '../../src/scenario/build.ts'
import { catalogueFrom } from '../../src/scenario/entries.ts'
import type { Catalogue } from '../../src/scenario/facts.ts'
import { parsed, variant } from '../scenario/helpers.ts'
import { calibrated, catalogue, finding, GIVEN, LIMITS, measuredUnder, profileWith, SETUP } from './made.ts'
import { csv, stepLines } from './steps.ts'

const TRUTH = {
  stepUs: 3100,
  'gemmMultiplier.bf16': 1.17,
  prefillMultiplier: 1.31,
  attentionMultiplier: 1.4,
  sequenceUs: 33,
}

/** The catalogue with a profile file on top of it. */
function with_(file: object): Catalogue {
  const shipped = Object.entries(catalogue).flatMap(([kind, entries]) =>
    [...entries.values()].map(entry => ({ kind, file: 'shipped.json', text: JSON.stringify(entry) })),
  )
  return catalogueFrom([...shipped, { file: 'mine.json', text: JSON.stringify(file) }] as Parameters<
    typeof catalogueFrom
  >[0])
}

describe('calibrating with measurements that a profile made', () => {
  it('finds its constants again from steps, and predicts them', async () => {
    const calibration = await calibrated(csv(await stepLines(TRUTH)))
    for (const [name, value] of Object.entries(TRUTH)) {
      expect(finding(calibration, name).after / value).toBeCloseTo(1, 2)
    }
    for (const { before, after, crossValidated } of calibration.errors) {
      expect(before.mean).toBeGreaterThan(0.1)
      expect(after.mean).toBeLessThan(0.002)
      for (const { mean } of crossValidated.values()) expect(mean).toBeLessThan(0.01)
    }
  })

  it('gives a profile that a scenario can use at once, which takes as long as was measured', async () => {
    const lines = await stepLines(TRUTH)
    const calibration = await calibrated(csv(lines))
    const id = defaultId(calibration)
    const file = profileFile(calibration, catalogue, id, 'fit on a test')
    const fleet = buildFleet(
      parsed(variant(['engine: vllm', `engine: ${id}`], ['tp: 2', 'tp: 1'])),
      with_(file),
    )
    const { latency } = fleet.kinds[0]
    const [, sequences, , context, seconds] = lines.at(-1)!.split(',').map(Number)
    const step = latency.gapSeconds({ sequences, contextTokens: sequences * (context - 1) }, 1)
    expect(step / seconds).toBeCloseTo(1, 2)
    const used = fleet.evidence.facts.find(({ name }) => name === `${id} stepUs`)!
    expect(used.fact).toMatchObject({ grade: 'measured', source: 'calibration' })
    expect(used.fact.low).toBeLessThanOrEqual(used.fact.value)
    expect(used.fact.high).toBeGreaterThanOrEqual(used.fact.value)
  })

  it('finds constants from served runs at several concurrencies and levels of tp', async () => {
    const bodies = [
      [256, 256],
      [2048, 128],
    ]
    const runs = [1, 4].flatMap(tp =>
      [2, 32].flatMap(clients => bodies.map(([input, output]) => ({ tp, clients, input, output }))),
    )
    const measured = (['ttft', 'tpot'] as const).map(metric => ({
      metric,
      statistic: 'mean' as const,
      seconds: 1,
    }))
    const setups = new Map([1, 4].map(tp => [tp, { ...SETUP, tp }]))
    const observations = runs.map(({ tp, clients, input, output }) =>
      servedRun({
        ...{ place: '', setup: setups.get(tp)!, limits: LIMITS, pace: { clients }, measured, lengths: '' },
        ...{ bodies: evenLengths(input, output, 1), requests: Number.NaN },
      }),
    )
    const truth = { stepUs: 2600, 'gemmMultiplier.bf16': 1.2, prefillMultiplier: 1.4, frontEndMs: 55 }
    const seconds = await measuredUnder(profileWith(truth, observations), observations)
    const lines = runs.map(
      ({ tp, clients, input, output }, i) =>
        `${tp},${clients},${input},${output},${seconds[2 * i]},${seconds[2 * i + 1]}`,
    )
    const header = 'tp,concurrency,input_tokens_mean,output_tokens_mean,ttft_mean_s,tpot_mean_s'
    const { tp: _, ...given } = GIVEN
    const calibration = await calibrated(csv(lines, header), { given })
    for (const [name, value] of Object.entries(truth)) {
      expect(finding(calibration, name).after / value).toBeCloseTo(1, 2)
    }
    for (const { after } of calibration.errors) expect(after.mean).toBeLessThan(0.001)
  })

  it('finds constants from a request log', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => ({
      arrivalS: i * 0.11,
      inputTokens: 100 + ((i * 397) % 2900),
      outputTokens: 20 + ((i * 211) % 400),
    }))
    const probe = requestLog({
      place: '',
      setup: SETUP,
      limits: LIMITS,
      requests: rows.map(row => ({ ...row, place: '', hitTokens: 0, ttftS: 1, tpotS: 1 })),
    })
    const truth = { stepUs: 2900, 'gemmMultiplier.bf16': 1.3, frontEndMs: 60 }
    const subject = subjectOf({ ...SETUP, ...profileWith(truth, [probe]) })
    const { ttft, e2e } = await servedArrivals(subject, LIMITS, rows)
    const lines = rows.map(
      ({ arrivalS, inputTokens, outputTokens }, i) =>
        `${arrivalS},${inputTokens},${outputTokens},${ttft[i]},${e2e[i]}`,
    )
    const calibration = await calibrated(csv(lines, 'arrival_s,input_tokens,output_tokens,ttft_s,e2e_s'))
    for (const { metric, before, after } of calibration.errors) {
      expect(after.mean, metric).toBeLessThan(0.05)
      expect(after.mean, metric).toBeLessThan(before.mean / 3)
    }
  })

  it('finds the efficiencies of a device', async () => {
    const truth = {
      'operators.gemm.bf16.memory': 0.7,
      'operators.gemm.bf16.compute': 0.55,
      'operators.attentionDecode.bf16.memory': 0.6,
    }
    const calibration = await calibrated(csv(await stepLines(truth, 'device')), { fit: 'device' })
    for (const [name, value] of Object.entries(truth)) {
      expect(finding(calibration, name).after).toBeCloseTo(value, 2)
    }
    expect(defaultId(calibration)).toBe('h100-sxm')
    const own = profileFile(calibration, catalogue, 'our-h100', 'fit on a test')
    const [node] = own.nodes!
    const fleet = buildFleet(parsed(variant(['aws-p5.48xlarge', node.id])), with_(own))
    expect(fleet.pools[0].device).toBe('our-h100')
    expect(
      fleet.evidence.facts.find(({ name }) => name === 'our-h100 operators.gemm.bf16.memory')!.value,
    ).toBeCloseTo(0.7, 2)
  })

  it('takes the place of nothing but what it was fitted from', async () => {
    const calibration = await calibrated(csv(await stepLines(TRUTH)))
    const { engines, devices } = profileFile(calibration, catalogue, 'vllm', 'fit on a test')
    expect(engines!.map(({ id }) => id)).toEqual(['vllm'])
    expect(devices).toBeUndefined()
    expect(engines![0].fittedOn).toContain('h100-sxm llama-3.1-8b bf16')
    expect(() => profileFile(calibration, catalogue, 'sglang', 'fit on a test')).toThrow(
      /sglang.*must be vllm/,
    )
  })

  it('gives the same to the last bit each time', async () => {
    const text = csv(await stepLines(TRUTH))
    const [one, other] = [await calibrated(text), await calibrated(text)]
    const values = ({ findings }: typeof one) => findings.map(({ after, error }) => [after, error])
    expect(values(one)).toEqual(values(other))
  })
})
