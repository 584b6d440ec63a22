import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { planFiles } from '../../src/cli/plan-columns.ts'
import { checkPlanFolder, fleetRows, planRows, ratingRows } from '../../src/cli/plan-files.ts'
import { scenarioText } from '../../src/cli/plan-scenario.ts'
import { type Column, cellText } from '../../src/results/columns/column.ts'
import { readYaml } from '../../src/scenario/document.ts'
import { parseScenario } from '../../src/scenario/schema.ts'
import { reportWith } from './plans.ts'

const folder = mkdtempSync(join(tmpdir(), 'regatta-plan-'))
afterAll(() => rmSync(folder, { recursive: true }))

function cells<Row>(columns: readonly Column<Row>[], row: Row): Record<string, string> {
  return Object.fromEntries(columns.map(({ name, value }) => [name, cellText(value(row))]))
}

describe('the tables of a plan', () => {
  const report = reportWith()

  it('have every option, chosen or not, and what was left out', () => {
    const rows = planRows(report).map(row => cells(planFiles['plan.csv'].columns, row))
    expect(rows.map(({ option, nodes, promised_nodes }) => [option, nodes, promised_nodes])).toEqual([
      ['dear', '1', '1'],
      ['cheap', '2', '1'],
      ['late', '', ''],
    ])
    expect(rows[1]).toMatchObject({ device: 'trainium2', usd_per_hour: '40', max_kw: '16', left_out: '' })
    expect(rows[2].left_out).toMatch(/^can be had from 2027/)
  })

  it('have a rating for each option and class, blank where it cannot serve it', () => {
    const rows = ratingRows(report.result).map(row => cells(planFiles['ratings.csv'].columns, row))
    expect(rows).toHaveLength(4)
    expect(rows[3]).toMatchObject({ option: 'cheap', class: 'long', rating_rps: '', class_rate_rps: '20' })
    expect(rows[2]).toMatchObject({ rating_rps: '31', promised_rps: '30' })
  })

  it('have every fleet verified, the chosen, the promised and the front marked', () => {
    const rows = fleetRows(report.result).map(row => cells(planFiles['fleets.csv'].columns, row))
    const marks = rows.map(({ fleet, verdict, chosen, promised, front }) => [
      fleet,
      verdict,
      chosen,
      promised,
      front,
    ])
    expect(marks).toEqual([
      ['2 x dear', 'feasible', 'no', 'no', 'yes'],
      ['1 x dear + 1 x cheap', 'infeasible', 'no', 'yes', 'no'],
      ['1 x dear + 2 x cheap', 'feasible', 'yes', 'no', 'yes'],
    ])
    expect(rows[2]).toMatchObject({ nodes: '3', usd_per_hour: '90', slo_attainment: '0.971' })
    expect(Number(rows[2].slo_attainment_low)).toBeCloseTo(0.965)
  })
})

describe('the scenario of a plan', () => {
  const at = { file: '/plans/mine.yaml', out: '/results/far/away' }

  it('is one, whose paths count from its folder and whose nodes cost what the plan says', () => {
    const { scenario } = parseScenario(readYaml(scenarioText(reportWith(), at), 'scenario.yaml'))
    expect(scenario.workload).toMatchObject({ trace: '../../../plans/rows.csv', rate_per_s: 60 })
    const pools = scenario.fleet.map(pool => 'node' in pool && [pool.node, pool.nodes, pool.usd_per_hour])
    expect(pools).toEqual([
      ['aws-p5.48xlarge', 1, 50],
      ['aws-trn2.48xlarge', 2, 20],
    ])
  })

  it('has the paths of every part of a mix moved, and names of presets as they are', () => {
    const report = reportWith()
    const parts = [{ trace: 'a.csv' }, { preset: 'own.json' }, { preset: 'reasoning' }]
    const { scenario } = report.result
    const input = { ...(scenario.input as object), workload: { mix: parts, rate_per_s: 60 } }
    const text = scenarioText(reportWith({ scenario: { ...scenario, input } }), at)
    expect(text).toContain('trace: ../../../plans/a.csv')
    expect(text).toContain('preset: ../../../plans/own.json')
    expect(text).toContain('preset: reasoning')
  })

  it('leaves unknown prices to the catalogue, and says what energy costs beside owned nodes', () => {
    const report = reportWith()
    const terms = [
      { ...report.terms[0], usdPerKwh: 0.08 },
      { ...report.terms[1], usdPerHour: Number.NaN },
    ]
    const text = scenarioText({ ...report, terms }, at)
    expect(text).toMatch(/^# .*0\.08 \$\/kWh/m)
    expect(text.match(/usd_per_hour:/g)).toHaveLength(1)
  })
})

describe('the folder of a plan', () => {
  it.each([
    ['race', 'manifest.json', '{"scenario": {}}'],
    ['work', 'scenario.yaml', 'name: mine'],
    ['broken', 'manifest.json', 'no JSON'],
  ])('is not one that has a %s in it', (name, file, text) => {
    const path = join(folder, name)
    mkdirSync(path)
    writeFileSync(join(path, file), text)
    expect(() => checkPlanFolder(path)).toThrow(`has a ${file} that no plan wrote`)
  })

  it('may be new, or that of an earlier plan', () => {
    const path = join(folder, 'plan')
    checkPlanFolder(path)
    mkdirSync(path)
    writeFileSync(join(path, 'manifest.json'), '{"plan": {}}')
    writeFileSync(join(path, 'scenario.yaml'), 'name: mine')
    expect(() => checkPlanFolder(path)).not.toThrow()
  })
})
