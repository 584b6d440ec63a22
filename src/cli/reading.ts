import type { Measure } from '../arrivals/measure.ts'
import { type OrderEntry, orderNamed } from '../ordering/registry.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { idleGatewayLines } from './idle-gateway.ts'
import { idlePolicyLines } from './idle-policies.ts'
import { percent } from './print.ts'
import type { LoadedScenario } from './scenario.ts'
import { remarkLines } from './trace-source.ts'

/** What was met when the workload was read and what the fleet makes of it, under the line that names it. */
export function readingLines(loaded: LoadedScenario): (readonly [name: string, text: string])[] {
  const { parsed, course, workload } = loaded
  const { report, requests, waitingTurns, blockLists, deadlines, modelRequests } = workload.measured
  const of = (count: number, what: string) => {
    return count > 0 ? [`${percent(count / requests)} % of the requests ${what}`] : []
  }
  const isKept = course.kinds.some(({ prefixCache }) => prefixCache !== undefined)
  return [
    ...of(waitingTurns, 'wait for the turn before them to end; rate and load are as if they did not'),
    ...of(
      isKept ? 0 : blockLists,
      'list prefix blocks, which no replica keeps; prefix_hit_share sets what is held',
    ),
    ...of(
      hasOrder(parsed, 'readsDeadlines') ? 0 : deadlines,
      'have a deadline, which no order of the fleet acts on',
    ),
    ...(course.models === undefined
      ? of(modelRequests, 'name a model, which nothing acts on: the fleet serves one')
      : of(requests - modelRequests, `name no model, and are served by ${course.models[0]}`)),
    ...idleLines(parsed, isKept, workload.measured),
    ...idlePolicyLines(parsed.scenario, isKept, workload.measured),
    ...idleGatewayLines(loaded),
    ...(report === undefined ? [] : remarkLines(report)),
  ].map(line => ['', line])
}

/** What the fleet is set to act on, and no request brings. */
function idleLines(parsed: ParsedScenario, isKept: boolean, measured: Measure): string[] {
  const { blockLists, deadlines, tenants } = measured
  return [
    ...(isKept && blockLists === 0 ? ['no request lists prefix blocks: prefix_cache finds nothing'] : []),
    ...(hasOrder(parsed, 'readsDeadlines') && deadlines === 0
      ? ['no request has a deadline: orders by deadline know only what their options give a class']
      : []),
    ...(hasOrder(parsed, 'readsTenants') && tenants.length === 0
      ? ['no request has a tenant: to fair-share all are of one']
      : []),
  ]
}

function hasOrder({ scenario }: ParsedScenario, reads: 'readsDeadlines' | 'readsTenants'): boolean {
  if ('task' in scenario) return false
  const names = scenario.fleet.map(({ batcher: { order } }) =>
    typeof order === 'string' ? order : order.name,
  )
  return names.some(name => (orderNamed(name) as OrderEntry)[reads] ?? false)
}
