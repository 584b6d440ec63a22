import { readdirSync, readFileSync } from 'node:fs'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import { caseVerdict, windowVerdict } from '../../../bench/claims/bands.ts'
import { casesOf } from '../../../bench/claims/cases.ts'
import { loadClaim } from '../../../bench/claims/claim-file.ts'
import { claimsCsv } from '../../../bench/claims/table.ts'

const RENEW = 'bench/results/claims.csv is out of date: npm run claims renews it'
const files = readdirSync('configs/claims').filter(name => name.endsWith('.yaml'))
const csv = readFileSync('bench/results/claims.csv', 'utf8')
const records = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data

describe.each(files)('configs/claims/%s', name => {
  const file = loadClaim(`configs/claims/${name}`)
  const { claim } = file
  const own = records.filter(record => record.claim === claim.id)

  test('has all its cases in the committed table', () => {
    const asked = casesOf(claim).length + claim.paths.length + (claim.transition?.overtakings.length ?? 0)
    expect(asked).toBeGreaterThan(0)
    expect(own.length, RENEW).toBe(asked)
  })

  test('says what would count as true, and rests on something published', () => {
    expect(claim.true_if.length).toBeGreaterThan(20)
    const measured = casesOf(claim).filter(given => given.measured !== undefined)
    expect(claim.is_anchor ? measured.length : claim.evidence.length).toBeGreaterThan(0)
  })

  test('has a verdict that follows from the band, or a reason why there is none', () => {
    for (const record of own) {
      if (record.not_run !== '') {
        expect(record.verdict).toBe('')
        continue
      }
      const [low, high] = [record.ratio_p05, record.ratio_p95].map(boundOf)
      const claimed = { low: Number(record.claimed_low), high: Number(record.claimed_high) }
      const band = { low, high, median: low, trueShare: 0, withinShare: 0 }
      const verdict = record.measure.startsWith('overtaking')
        ? windowVerdict(band, claimed)
        : caseVerdict(band, claimed, Number(record.model_error))
      expect(record.verdict, RENEW).toBe(verdict)
    }
  })
})

function boundOf(text: string): number {
  return text === 'inf' ? Number.POSITIVE_INFINITY : Number(text)
}

test('the committed table has the columns of the table and no other claims', () => {
  expect(`${csv.split('\n')[0]}\n`, RENEW).toBe(claimsCsv([]))
  const known = files.map(name => loadClaim(`configs/claims/${name}`).claim.id)
  expect([...new Set(records.map(({ claim }) => claim))].sort(), RENEW).toEqual(known.toSorted())
})

test('every anchor is off by no more than the model error that it stands for', () => {
  const anchors = records.filter(({ measured_ratio }) => measured_ratio !== '')
  expect(anchors.length).toBeGreaterThanOrEqual(5)
  for (const { ratio_error, model_error } of anchors) {
    const off = 1 + Number(ratio_error)
    expect(Math.max(off, 1 / off)).toBeLessThanOrEqual(1.01 * Number(model_error))
  }
})

describe('configs/claims/islands.json', () => {
  const { catalogue } = loadClaim('configs/claims/c-islands.yaml')

  test('made-up islands have the hosts of the server of eight, one for eight devices', () => {
    const shipped = catalogue.nodes.get('dgx-hgx-b200-8x')!
    for (const island of [1, 2, 8, 16, 72, 256]) {
      const node = catalogue.nodes.get(`b200-islands-of-${island}`)!
      expect(node).toMatchObject({ device: shipped.device, islandDevices: island })
      for (const key of ['hostIdleW', 'hostLoadW'] as const) {
        for (const end of ['value', 'low', 'high'] as const) {
          expect(node[key][end]! / node.devices).toBeCloseTo(shipped[key][end]! / shipped.devices, 9)
        }
      }
    }
  })

  test('the L40S server over PCIe is the shipped one but for its island', () => {
    const { id: _, islandDevices, sources: __, ...own } = catalogue.nodes.get('l40s-pcie-8x')!
    expect(islandDevices).toBe(8)
    expect(catalogue.nodes.get('l40s-server-8x')).toMatchObject(own)
  })
})
