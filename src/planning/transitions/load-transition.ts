import { readWhole } from '../../arrivals/whole.ts'
import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { dotted, type KeyPath, partOf, type Source } from '../../scenario/document.ts'
import { entryOf } from '../../scenario/entries.ts'
import type { Catalogue, Device, NodeKind } from '../../scenario/facts.ts'
import { validated } from '../../scenario/validate.ts'
import { buildWorkload, type OpenTrace } from '../../scenario/workload.ts'
import { checkNames, type Option, optionsOf } from '../fleets/options.ts'
import { type PlanSpec, planSchema } from '../fleets/plan-schema.ts'
import { scenarioOf } from '../fleets/scenario-of.ts'
import { type Quarter, quarterOf, quartersFrom, quarterText } from './quarters.ts'
import { type ServiceRequests, serviceRequests } from './service-requests.ts'
import {
  type NodeSpec,
  type ServiceSpec,
  type TransitionSpec,
  transitionSchema,
} from './transition-schema.ts'

/** A kind of node that may serve something. */
export interface Kind {
  readonly node: NodeKind
  readonly device: Device
  readonly spec: NodeSpec
  readonly available: Quarter
  /** Times as fast as the catalogue has it at most, whatever its software comes to. */
  readonly mostSpeed: number
}

/** Requests that are alike, as a plan of a fleet has them, and the ways to serve them. */
export interface Service {
  readonly spec: ServiceSpec
  readonly plan: PlanSpec
  readonly source: Source
  readonly starts: Quarter
  readonly options: readonly Option[]
  readonly requests: ServiceRequests
}

/** A transition's file, checked, with what it names. */
export interface Transition {
  readonly spec: TransitionSpec
  readonly source: Source
  readonly catalogue: Catalogue
  readonly open: OpenTrace
  readonly quarters: readonly Quarter[]
  readonly kinds: readonly Kind[]
  readonly services: readonly Service[]
}

/** What a command line may ask for in place of the file. */
export interface TransitionChanges {
  readonly seed?: string | number | undefined
  readonly draws?: number | undefined
}

/** Throws a UserError at the first mistake, with its place. */
export async function loadTransition(
  source: Source,
  catalogue: Catalogue,
  open: OpenTrace,
  changes: TransitionChanges = {},
): Promise<Transition> {
  const given = validated(transitionSchema, source)
  const { seed = given.seed, draws = given.draws } = changes
  const spec = { ...given, seed, draws }
  entryOf(catalogue, 'regions', spec.region, `${source.place(['region'])}: region`)
  const kinds = kindsOf(spec, source, catalogue)
  const services: Service[] = []
  for (const index of spec.services.keys()) services.push(await serviceOf(spec, source, index, kinds, open))
  return { spec, source, catalogue, open, quarters: quartersFrom(spec.from, spec.to), kinds, services }
}

/** Candidates' keys that are of the kind of node, whatever it serves. */
const OF_NODES = ['from', 'most', 'usd_per_hour', 'tariff', 'rack_units']

function kindsOf(spec: TransitionSpec, source: Source, catalogue: Catalogue): Kind[] {
  const kinds = new Map<string, Kind>()
  for (const [i, { candidates }] of spec.services.entries()) {
    for (const [j, candidate] of candidates.entries()) {
      const path = ['services', i, 'candidates', j]
      for (const key of OF_NODES) if (key in candidate) throw misplaced(source, path, key, candidate.node)
      if (!kinds.has(candidate.node))
        kinds.set(candidate.node, kindOf(candidate.node, spec, source, catalogue, path))
    }
  }
  for (const id of Object.keys(spec.nodes)) {
    if (kinds.has(id)) continue
    throw new UserError(
      `${source.keyPlace(['nodes'], id)}: nodes.${id} is no candidate of a service; ${suggestion(id, [...kinds.keys()])}`,
    )
  }
  return [...kinds.values()]
}

function misplaced(source: Source, path: KeyPath, key: string, node: string): UserError {
  return new UserError(
    `${source.keyPlace(path, key)}: ${dotted(path)} has ${key}; it must be in nodes.${node}`,
  )
}

function kindOf(id: string, spec: TransitionSpec, source: Source, catalogue: Catalogue, path: KeyPath): Kind {
  const node = entryOf(catalogue, 'nodes', id, `${source.place([...path, 'node'])}: ${dotted(path)}.node`)
  const device = entryOf(catalogue, 'devices', node.device, id)
  const own = spec.nodes[id] ?? {}
  const available = own.available ?? quarterOf(`${device.year}-Q4`)
  if (own.measured !== undefined && own.measured < available) {
    const where = ['nodes', id, 'measured']
    throw new UserError(
      `${source.place(where)}: nodes.${id}.measured is ${quarterText(own.measured)}, before it can be had; must be ${quarterText(available)} or later`,
    )
  }
  return { node, device, spec: own, available, mostSpeed: mostSpeedOf(device) }
}

/**
 * What software can still gain is what the catalogue's efficiency leaves: at the reciprocal of the greatest share of its
 * bandwidth that the device's matrix products come to, in any format, they read their weights at its full bandwidth.
 */
function mostSpeedOf({ operators: { gemm } }: Device): number {
  return 1 / Math.max(0, ...Object.values(gemm).map(({ memory }) => memory.value))
}

async function serviceOf(
  spec: TransitionSpec,
  source: Source,
  index: number,
  kinds: readonly Kind[],
  open: OpenTrace,
): Promise<Service> {
  const service = spec.services[index]
  const path = ['services', index]
  checkService(spec, source, index)
  const own = partOf(source, path)
  const { candidates, model, task, slo, workload, policy } = own.input as Record<string, unknown>
  const plan = validated(planSchema, {
    ...own,
    input: {
      ...{ name: service.name, seed: spec.seed, region: spec.region, pue: spec.pue },
      ...defined({ candidates, model, task, slo, workload, policy }),
    },
  })
  const kindOf = (id: string) => kinds.find(({ node }) => node.id === id)!
  const options = plan.candidates.flatMap((_, i) => optionsOf(plan, i, kindOf))
  checkNames(own, options)
  const first = { fleet: [{ option: options[0], nodes: 1 }], warmupS: 0, rateScale: 1 }
  const whole = await readWhole(buildWorkload(scenarioOf(plan, own, first), open).arrivals())
  const requests = serviceRequests(whole, plan.slo)
  if (requests === undefined) throw tooFew(source, [...path, 'workload'], whole.length)
  return {
    spec: service,
    plan,
    source: own,
    starts: service.starts ?? spec.from,
    options,
    requests,
  }
}

function tooFew(source: Source, path: KeyPath, requests: number): UserError {
  return new UserError(
    `${source.place(path)}: ${dotted(path)} has ${requests} request${requests === 1 ? '' : 's'}; must have 4 or more, ` +
      'at different times and in 4 or more sessions, for nodes to be rated by one half and fleets simulated on the other',
  )
}

function checkService(spec: TransitionSpec, source: Source, index: number): void {
  const { name, model, task, workload, starts = spec.from } = spec.services[index]
  const fail = (key: string, what: string) => {
    const path = ['services', index, key]
    throw new UserError(`${source.place(path)}: ${dotted(path)} ${what}`)
  }
  const first = spec.services.findIndex(other => other.name === name)
  if (first !== index) fail('name', `is "${name}" like services[${first}]; give it a name of its own`)
  if ((model === undefined) === (task === undefined))
    fail('name', `"${name}" must have either a model or a task`)
  if (starts < spec.from || starts > spec.to)
    fail(
      'starts',
      `is ${quarterText(starts)}; must be from ${quarterText(spec.from)} to ${quarterText(spec.to)}`,
    )
  if ('closed_loop' in workload) fail('workload', 'is a closed loop, which sets its own pace; must be open')
  const pace = ['load', 'rate_scale', 'rate_per_s'].find(
    key => (workload as Readonly<Record<string, unknown>>)[key] !== undefined,
  )
  if (pace !== undefined)
    fail('workload', `has ${pace}; how many requests come is rate_per_s beside it, and its growth_a_year`)
}

function defined(entries: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined))
}
