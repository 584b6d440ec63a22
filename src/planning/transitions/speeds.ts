import type { Option } from '../fleets/options.ts'
import { AS_GIVEN } from './draws.ts'
import { EstimateReader } from './estimated.ts'
import type { Kind, Transition } from './load-transition.ts'
import { speedsAround } from './ratings.ts'
import { type Progress, progressOf, speedOf } from './story.ts'

/** Speeds at which nodes are to be simulated, so that all that draws may ask for lie between. */
export function speedsToRate(transition: Transition): (option: Option) => readonly number[] {
  const corners = cornersOf(transition)
  const byNode = new Map(
    transition.kinds.map(kind => [kind.node.id, speedsOf(transition, kind, corners)] as const),
  )
  return ({ node }) => byNode.get(node.id)!
}

function speedsOf(transition: Transition, kind: Kind, corners: readonly Progress[]): readonly number[] {
  const quarters = transition.quarters.filter(quarter => quarter >= kind.available)
  const speeds = corners.flatMap(progress =>
    quarters.map(quarter => speedOf(transition, progress, kind, quarter)),
  )
  return speeds.length === 0 ? [1] : speedsAround(Math.min(...speeds), Math.max(...speeds))
}

/** Software with every combination of its estimates at the ends of their ranges. */
function cornersOf({ spec }: Transition): Progress[] {
  const reader = new EstimateReader(AS_GIVEN)
  progressOf(spec, reader)
  const names = reader.taken.map(({ name }) => name)
  let corners = [new Map<string, number>()]
  for (const name of names) {
    corners = corners.flatMap(corner => [0, 1].map(place => new Map([...corner, [name, place]])))
  }
  return corners.map(corner => progressOf(spec, new EstimateReader(name => corner.get(name)!)))
}
