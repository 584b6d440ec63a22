import { isServed } from '../requests/outcomes.ts'
import type { RequestTable } from '../requests/table.ts'
import type { GroupResult, Promised } from '../results/group-result.ts'
import type { Course } from './course.ts'
import { LatencyRecord } from './latency-record.ts'
import { RequestTally } from './request-tally.ts'
import { sloOf } from './slo.ts'

/** Names by class id, and by tenant id as far as the workload has told them; absent where it has none. */
export interface GroupNames {
  readonly classes: readonly string[]
  readonly tenants: readonly string[] | undefined
}

/** Tells the requests of each class and of each tenant apart. Those of no tenant are of their class alone. */
export class RequestGroups {
  readonly #requests: RequestTable
  readonly #course: Pick<Course, 'slo' | 'classSlos'>
  readonly #names: GroupNames
  readonly #classes: RequestTally
  readonly #tenants: RequestTally
  /** By class, from its first request on: 180 kB each. */
  readonly #latencies: LatencyRecord[] = []

  constructor(requests: RequestTable, course: Pick<Course, 'slo' | 'classSlos'>, names: GroupNames) {
    this.#requests = requests
    this.#course = course
    this.#names = names
    this.#classes = new RequestTally(requests)
    this.#tenants = new RequestTally(requests)
  }

  /**
   * A request has ended that arrived in the window.
   *
   * @param isGood whether it met its SLO
   * @param isInWindow whether it ended there, too
   */
  add(request: number, isGood: boolean, isInWindow: boolean): void {
    const requests = this.#requests
    const classId = requests.classId[request]
    const tenant = requests.notes.tenantId.at(request)
    this.#classes.add(classId, request, isGood, isInWindow)
    if (tenant >= 0) this.#tenants.add(tenant, request, isGood, isInWindow)
    if (!isServed(requests.outcome[request])) return
    this.#latencies[classId] ??= new LatencyRecord()
    this.#latencies[classId].add(request, requests)
  }

  /** Of classes and tenants with requests; of a class by itself only where it has objectives of its own. */
  results(): GroupResult[] {
    const { classes, tenants = [] } = this.#names
    const ofClasses = met(this.#classes, classes).map(([classId, result]) => ({
      by: 'class' as const,
      ...result,
      promised: this.#promised(classId),
      spreads: (this.#latencies[classId] ?? new LatencyRecord()).spreads(),
    }))
    const isOne = ofClasses.length < 2 && this.#course.classSlos === undefined
    const ofTenants = met(this.#tenants, tenants).map(([, result]) => ({ by: 'tenant' as const, ...result }))
    return isOne ? ofTenants : [...ofClasses, ...ofTenants]
  }

  #promised(classId: number): Promised {
    const tier = this.#course.classSlos?.[classId].tier ?? 'standard'
    return { tier, ...sloOf(this.#course, classId) }
  }
}

function met(tally: RequestTally, names: readonly string[]) {
  return names
    .slice(0, tally.groups)
    .map((name, group) => [group, { name, ...tally.of(group) }] as const)
    .filter(([, { arrived }]) => arrived > 0)
}
