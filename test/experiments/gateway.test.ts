import { beforeAll, describe, expect, it } from 'vitest'
import { type Prepared, prepare } from '../../src/experiments/prepare.ts'
import type { Course } from '../../src/fleet/course.ts'
import { loadCatalogue, loadScenario, traceOpener } from '../../src/scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../../src/scenario/shipped.ts'
import { simulate } from '../../src/simulate.ts'

/* What the shipped scenario of a gateway says of it: more comes than the fleet serves, and who matters is served. */

const FILE = 'configs/scenarios/gateway.yaml'
let prepared: Prepared

beforeAll(async () => {
  prepared = await prepare(loadScenario(FILE), loadCatalogue([SHIPPED_CATALOGUE]), traceOpener(FILE))
})

/** Shares of the classes' requests that met their SLO. */
async function attainments(course: Course): Promise<Record<string, number>> {
  const { groups } = await simulate(course, { name: 'least-requests' })
  const classes = groups.filter(({ by }) => by === 'class')
  return Object.fromEntries(classes.map(({ name, attained, arrived }) => [name, attained / arrived]))
}

describe('beyond what the fleet serves', () => {
  it('a gateway serves the higher tiers at the cost of the lowest', async () => {
    const { chat, code, bulk } = await attainments(prepared.course)
    expect(chat).toBeGreaterThan(0.95)
    expect(code).toBeGreaterThan(0.95)
    expect(bulk).toBeLessThan(0.7)
  })

  it('and without one who can least wait is served worst', async () => {
    const { gateway: _, ...bare } = prepared.course
    const { chat, code, bulk } = await attainments(bare)
    expect(chat).toBeLessThan(0.2)
    expect(code).toBeLessThan(0.2)
    expect(bulk).toBeGreaterThan(chat)
  })
})
