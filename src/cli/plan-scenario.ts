import { relative, resolve } from 'node:path'
import { stringify } from 'yaml'
import { besideScenario } from '../scenario/files.ts'
import { fleetName, type NodeTerms, type PlanReport } from './plan-report.ts'
import { VERDICTS } from './plan-verdict.ts'

type Values = Readonly<Record<string, unknown>>

/** Where the plan's file is, and the folder that the scenario goes to. */
interface Whereabouts {
  readonly file: string
  readonly out: string
}

/** The chosen fleet as a scenario file: paths count from its folder, and nodes have the prices of the plan. */
export function scenarioText({ spec, result, terms }: PlanReport, at: Whereabouts): string {
  const { options, chosen, verdict, scenario } = result
  const { workload, fleet, policies, ...site } = scenario.input as Values & {
    readonly fleet: readonly Values[]
  }
  const termsOf = (name: unknown) => terms[options.findIndex(option => option.name === name)]
  const input = {
    ...site,
    workload: moved(workload as Values, at),
    fleet: fleet.map(pool => priced(pool, termsOf(pool.name))),
    policies,
  }
  const fleetText = fleetName(options, chosen.nodes)
  const lines = [
    `The plan of ${spec.name}: ${fleetText}; verified: ${VERDICTS[verdict]}.`,
    ...energyNote(options.map((_, i) => (chosen.nodes[i] > 0 ? terms[i].usdPerKwh : 0))),
  ]
  return `${lines.map(line => `# ${line}\n`).join('')}\n${stringify(definite(input), { aliasDuplicateObjects: false })}`
}

/** What stands first says what it is; prices are as the plan takes them, where it knows them. */
function priced({ name, node, nodes, ...pool }: Values, { usdPerHour }: NodeTerms): Values {
  const price = Number.isNaN(usdPerHour) ? {} : { usd_per_hour: usdPerHour }
  return { name, node, nodes, ...pool, ...price }
}

/** Pools have no price of energy of their own. */
function energyNote(usdPerKwh: readonly number[]): string[] {
  const dearest = Math.max(...usdPerKwh)
  return dearest > 0
    ? [
        `usd_per_hour is without the energy of owned nodes, which costs ${dearest} $/kWh beside it in the plan.`,
      ]
    : []
}

/** The workload with its paths as they count from the scenario's folder. */
function moved(workload: Values, at: Whereabouts): Values {
  if (Array.isArray(workload.mix)) return { ...workload, mix: workload.mix.map(part => moved(part, at)) }
  const { trace, preset } = workload
  if (typeof trace === 'string') return { ...workload, trace: movedPath(trace, at) }
  if (typeof preset === 'string' && preset.endsWith('.json'))
    return { ...workload, preset: movedPath(preset, at) }
  return workload
}

function movedPath(path: string, { file, out }: Whereabouts): string {
  return relative(resolve(out), besideScenario(file, path))
}

/** Without keys that have no value. */
function definite(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
