/** A process of `npm run bench:sweep`: what a cell of an experiment takes in a sweep, and what its simulation takes. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fromRoot } from './paths.ts'

const { race } = await fromDist<typeof import('../src/experiments/race.ts')>('experiments/race')
const { Courses } = await fromDist<typeof import('../src/sweeps/courses.ts')>('sweeps/courses')
const { Entrants } = await fromDist<typeof import('../src/sweeps/entrants.ts')>('sweeps/entrants')
const { openSweepFolder } = await fromDist<typeof import('../src/sweeps/folder.ts')>('sweeps/folder')
const { inProcessRunner } =
  await fromDist<typeof import('../src/sweeps/in-process-runner.ts')>('sweeps/in-process-runner')
const { loadExperiment } =
  await fromDist<typeof import('../src/sweeps/load-experiment.ts')>('sweeps/load-experiment')
const { taskOf } = await fromDist<typeof import('../src/sweeps/plan.ts')>('sweeps/plan')
const { planOf } = await fromDist<typeof import('../src/sweeps/planned.ts')>('sweeps/planned')
const { pointsOf } = await fromDist<typeof import('../src/sweeps/points.ts')>('sweeps/points')
const { sweep } = await fromDist<typeof import('../src/sweeps/sweep.ts')>('sweeps/sweep')
const { Workloads } = await fromDist<typeof import('../src/sweeps/workloads.ts')>('sweeps/workloads')

/** A module of the program as it is shipped, beside its catalogue. */
function fromDist<Module>(name: string): Promise<Module> {
  return import(pathToFileURL(fromRoot(`dist/${name}.js`)).href)
}

const [file, folder] = process.argv.slice(2)
const experiment = loadExperiment(file)
const plan = planOf(experiment)
const points = pointsOf(experiment)
const task = taskOf(plan)
const courses = new Courses(experiment, new Workloads(experiment))
const entrants = new Entrants(experiment)
const cells = points.length * plan.replications.least

await simulatedMs()
await sweptMs('warm')
const simulated = [await simulatedMs(), await simulatedMs()]
const swept = [await sweptMs('one'), await sweptMs('two')]
process.stdout.write(
  JSON.stringify({ cells, simulateMs: Math.min(...simulated) / cells, sweepMs: Math.min(...swept) / cells }),
)

/** Of all cells, one after the other: the simulation and nothing else. */
async function simulatedMs(): Promise<number> {
  let total = 0
  for (const { setting, policyIndex } of points) {
    const entrant = await entrants.of(await courses.prepared(setting), policyIndex)
    for (let replication = 0; replication < plan.replications.least; replication++) {
      const course = await courses.of(setting, replication)
      const before = processorMs()
      await race(course, [entrant])
      total += processorMs() - before
    }
  }
  return total
}

/** Spent by this process, which others on the machine do not change. */
function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Of a sweep of them into a new folder, without threads: with all that is made ready, kept and written. */
async function sweptMs(name: string): Promise<number> {
  const before = processorMs()
  const out = openSweepFolder(join(folder, name), plan)
  await sweep(task, inProcessRunner(experiment), out.journal)
  out.writeResults()
  await out.close()
  return processorMs() - before
}
