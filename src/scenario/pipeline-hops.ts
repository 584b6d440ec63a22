import type { Place } from '../fleet/placement.ts'
import type { OperatorConstants } from '../latency/constants.ts'
import type { FactReader } from './evidence.ts'
import type { PoolParts } from './pool-parts.ts'

/**
 * Constants of a pipeline some of whose stages stand on other nodes than the stage before: the way to the next stage is
 * the mean of the ways inside nodes and those over the adapters. Throws a UserError where these are not known.
 */
export function acrossNodes(
  constants: OperatorConstants,
  { node, device, fail }: PoolParts,
  places: readonly (readonly Place[])[],
  facts: FactReader,
): OperatorConstants {
  const { sendReceive } = constants
  const share = Math.max(...places.map(crossingShare))
  if (share === 0 || sendReceive === undefined) return constants
  const { nicUs, nicGbPerS } = node
  const bandwidth = device.nicGbPerS ?? nicGbPerS
  if (bandwidth === undefined || nicUs === undefined) {
    return fail(['replica', 'pp'], `takes stages to other nodes; the network of ${node.id} is not known`)
  }
  const bytesPerS = facts.take(`${device.nicGbPerS ? device.id : node.id} nicGbPerS`, bandwidth, 'high') * 1e9
  const inside = (1 - share) / (sendReceive.bytesPerS * sendReceive.link)
  const fixedS = sendReceive.fixedS + share * facts.take(`${node.id} nicUs`, nicUs, 'low') * 1e-6
  return { ...constants, sendReceive: { fixedS, bytesPerS: 1 / (inside + share / bytesPerS), link: 1 } }
}

/** Of the ways from stage to stage, the share that leads to another node. */
function crossingShare(stages: readonly Place[]): number {
  const crossings = stages.filter(({ node }, i) => i > 0 && node !== stages[i - 1].node).length
  return crossings === 0 ? 0 : crossings / (stages.length - 1)
}
