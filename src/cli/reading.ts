import { orderNamed } from '../ordering/registry.ts'
import type { ParsedScenario } from '../scenario/schema.ts'
import { percent } from './print.ts'
import type { LoadedScenario } from './scenario.ts'
import { remarkLines } from './trace-source.ts'

/** What was met when the workload was read and what the fleet makes of it, under the line that names it. */
export function readingLines({
  parsed,
  course,
  workload,
}: LoadedScenario): (readonly [name: string, text: string])[] {
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
    ...of(readsDeadlines(parsed) ? 0 : deadlines, 'have a deadline, which no order of the fleet acts on'),
    ...(course.models === undefined
      ? of(modelRequests, 'name a model, which nothing acts on: the fleet serves one')
      : of(requests - modelRequests, `name no model, and are served by ${course.models[0]}`)),
    ...(report === undefined ? [] : remarkLines(report)),
  ].map(line => ['', line])
}

function readsDeadlines({ scenario }: ParsedScenario): boolean {
  if ('task' in scenario) return false
  const names = scenario.fleet.map(({ batcher: { order } }) =>
    typeof order === 'string' ? order : order.name,
  )
  return names.some(name => orderNamed(name).readsDeadlines)
}
