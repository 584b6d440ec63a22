import { readFileSync } from 'node:fs'
import { loadCatalogue, traceOpener } from '../src/files.ts'
import { type Course, type Prepared, parseScenario, prepare, race, readYaml, sourceOf } from '../src/index.ts'
import { CONV_INPUT, CONV_OUTPUT } from '../traces/shapes.ts'
import type { Measurement } from './measurement.ts'
import { fromRoot } from './paths.ts'
import { ResultsFolder } from './results-folder.ts'

const SCENARIO = fromRoot('configs/scenarios/mixed-fleet.yaml')
const SHIPPED_REPLICAS = 16

/** The parts of a scenario file that cases change. */
export interface ScenarioInput {
  readonly [key: string]: unknown
  readonly fleet: readonly { readonly [key: string]: unknown; readonly nodes: number }[]
}

/** How a case differs from the main job. */
export interface Job {
  readonly requests: number
  /** Of the fleet's saturation; 0.65. */
  readonly load?: number
  /** A multiple of 16, half of them of each kind; 64. */
  readonly replicas?: number
  /** power-of-two. */
  readonly policy?: string
  /** Options of the policy. */
  readonly options?: Readonly<Record<string, number>>
  readonly stepByStep?: boolean
  /** Whether requests.csv is written too. */
  readonly requestsFile?: boolean
  /** Other changes of the scenario file, */
  readonly scenario?: (input: ScenarioInput) => ScenarioInput
  /** or of what is built from it. */
  readonly course?: (course: Course) => Course
}

/**
 * Runs the shipped scenario on a larger fleet, under arrivals generated in the shape of Azure's conversation trace.
 * The clock starts with the first arrival drawn and stops when the files are written.
 */
export async function mainJob(job: Job): Promise<Measurement> {
  const policy = job.policy ?? 'power-of-two'
  const beganMs = performance.now()
  const { prepared, course } = await preparedJob(job)
  const folder = new ResultsFolder(policy, course, prepared.workload.classes)
  const startedMs = performance.now()
  const usedBefore = process.cpuUsage()
  const [standing] = await race(course, [{ name: policy, label: policy, options: job.options ?? {} }], {
    stepByStep: job.stepByStep ?? false,
    ...(job.requestsFile && { onEnd: () => folder.requests() }),
  })
  folder.write(standing)
  const { user, system } = process.cpuUsage(usedBefore)
  const endedMs = performance.now()
  folder.remove()
  checkDone(prepared, standing.result.requests)
  return {
    unit: 'requests',
    count: standing.result.requests,
    seconds: (endedMs - startedMs) / 1000,
    cpuS: (user + system) / 1e6,
    preparationS: (startedMs - beganMs) / 1000,
    events: standing.result.events,
    preemptions: standing.result.preemptions,
  }
}

/** The scenario made ready, and the course as the job changes it. */
export async function preparedJob(job: Job): Promise<{ prepared: Prepared; course: Course }> {
  const prepared = await prepare(scenarioOf(job), loadCatalogue([fromRoot('configs')]), traceOpener(SCENARIO))
  return { prepared, course: job.course?.(prepared.course) ?? prepared.course }
}

function scenarioOf(job: Job) {
  const shipped = readYaml(readFileSync(SCENARIO, 'utf8'), SCENARIO).input as ScenarioInput
  const times = (job.replicas ?? 64) / SHIPPED_REPLICAS
  const input = {
    ...shipped,
    workload: { generate: conversation(job.requests), load: job.load ?? 0.65 },
    fleet: shipped.fleet.map(pool => ({ ...pool, nodes: pool.nodes * times })),
  }
  return parseScenario(sourceOf(job.scenario?.(input) ?? input, 'bench'))
}

function conversation(requests: number) {
  return {
    requests,
    class: 'chat',
    arrivals: { process: 'gamma', cv: 1.07 },
    lengths: { input: { quantiles: CONV_INPUT }, output: { quantiles: CONV_OUTPUT } },
  }
}

function checkDone({ workload }: Prepared, requests: number): void {
  if (requests !== workload.requests) throw new Error(`${requests} of ${workload.requests} requests ended`)
}
