import type { Choice, PlannedFleet, Programme } from '../fleets/programme.ts'
import { type Operation, operationOf } from './operation.ts'

/** Solves a programme. */
export type Planner = (programme: Programme) => Promise<PlannedFleet>

/** Nodes and requests a second of a programme's choices. */
export type Use = Pick<PlannedFleet, 'nodes' | 'flow'>

/** The same with nodes that are there in place of those that are bought of their kind, as far as they are left. */
export function heldFirst({ nodes, flow }: Use, held: readonly Choice[]): Use {
  const kinds = held.length
  const moved = held.map(({ most = 0 }, kind) => Math.min(nodes[kind], most - nodes[kinds + kind]))
  const shares = moved.map((count, kind) => (count === 0 ? 0 : count / nodes[kind]))
  const stays = flow.slice(0, kinds).map((of, kind) => of.map(ratePerS => ratePerS * (1 - shares[kind])))
  const goes = held.map((_, kind) =>
    flow[kinds + kind].map((ratePerS, id) => ratePerS + flow[kind][id] * shares[kind]),
  )
  const counts = nodes.map((count, k) => (k < kinds ? count - moved[k] : count + moved[k - kinds]))
  return { nodes: counts, flow: [...stays, ...goes] }
}

/** Which nodes of those that are there do the work. */
interface Dispatch {
  readonly flow: Use['flow']
  readonly operation: Operation
}

/** Share of the energy's $ by which that of a dispatch may miss the plan's, for rounding. */
const NEARLY = 1e-6

/**
 * The plan's requests where they take the least energy, on the nodes that it has then, for no more $ of energy. Where $
 * are not what is to be least the plan has seen to that already.
 *
 * @param bought so many of the choices, the first ones, are of nodes that the plan adds; of the others all are there
 */
export async function dispatched(
  programme: Programme,
  bought: number,
  plan: Use,
  planner: Planner,
): Promise<Dispatch> {
  const { choices, aim, headroom } = programme
  const asPlanned = { flow: plan.flow, operation: operationOf(plan, choices, headroom) }
  if (aim !== 'usd') return asPlanned
  const there = choices.map((choice, k) => ({
    ...choice,
    usdPerHour: 0,
    most: k < bought ? plan.nodes[k] : (choice.most ?? 0),
  }))
  const usdPerHour = asPlanned.operation.energyUsdPerHour * (1 + NEARLY)
  const frugal = await planner({ ...programme, choices: there, aim: 'joules', limits: { usdPerHour } })
  const operation = operationOf(frugal, choices, headroom)
  return operation.watts < asPlanned.operation.watts ? { flow: frugal.flow, operation } : asPlanned
}
