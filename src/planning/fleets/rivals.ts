import { UserError } from '../../core/errors.ts'
import type { Aim, Nodes } from './contract.ts'
import type { PlannedFleet, Programme } from './programme.ts'
import { planned } from './programme-optimum.ts'
import { isAllowed } from './terrain.ts'

const AIMS_TRIED: readonly Aim[] = ['usd', 'joules', 'grams', 'watts']
/** Of the plan's own headroom, the parts that leave room: who waits less uses more. */
const ROOMY = [0.85, 0.7, 0.5]
/** Fleets of one option alone, the least first. */
const MOST_ALONE = 3

/** Fleets beside the promised one: least of each aim, of one option alone, and with more room. */
export async function rivalsOf(programme: Programme): Promise<Nodes[]> {
  const least = await allOf(AIMS_TRIED.map(aim => ({ ...programme, aim })))
  const roomy = await allOf(
    ROOMY.flatMap(part =>
      AIMS_TRIED.map(aim => ({ ...programme, aim, headroom: programme.headroom * part })),
    ),
  )
  const found = [
    ...least.map(({ nodes }) => nodes),
    ...(await alone(programme)),
    ...roomy.map(({ nodes }) => nodes),
  ]
  const unlike = new Map(found.map(nodes => [nodes.join(), nodes]))
  return [...unlike.values()].filter(nodes => isAllowed(programme, nodes))
}

/** With all requests on one option, of those that can serve all. */
async function alone(programme: Programme): Promise<Nodes[]> {
  const { choices } = programme
  const able = [...choices.keys()].filter(i => !choices[i].ratings.includes(undefined))
  const found = await Promise.all(
    able.map(async option => {
      const fleets = await allOf([{ ...programme, choices: [choices[option]] }])
      return fleets.map(({ objective, nodes: [count] }) => ({
        objective,
        nodes: choices.map((_, i) => (i === option ? count : 0)),
      }))
    }),
  )
  const sorted = found.flat().toSorted((a, b) => a.objective - b.objective)
  return sorted.slice(0, MOST_ALONE).map(({ nodes }) => nodes)
}

/** Without those that limits leave no fleet for. */
async function allOf(programmes: readonly Programme[]): Promise<PlannedFleet[]> {
  const found: PlannedFleet[] = []
  for (const programme of programmes) {
    const fleet = await fleetOf(programme)
    if (fleet !== undefined) found.push(fleet)
  }
  return found
}

async function fleetOf(programme: Programme): Promise<PlannedFleet | undefined> {
  try {
    return await planned(programme)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
