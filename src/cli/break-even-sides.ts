import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { allPairs, bestPairs, type Comparison } from '../planning/fleets/break-even.ts'
import type { MixNodes } from '../planning/fleets/break-even-nodes.ts'
import type { Plan } from '../planning/fleets/load.ts'
import type { Option } from '../planning/fleets/options.ts'

/** What `--between` names: an option, or a candidate with all ways to use it. */
export interface Side {
  readonly name: string
  readonly options: readonly Option[]
}

/** Throws a UserError for what are not two names of different options of the plan. */
export function sidesOf(text: string, plan: Plan): readonly [Side, Side] {
  const names = text.split(',').map(name => name.trim())
  if (names.length !== 2 || names.includes('')) {
    throw new UserError(`--between is "${text}"; must be two names, as in ${exampleOf(plan)}`)
  }
  const [a, b] = names.map(name => sideOf(name, plan))
  if (a.options.every(option => b.options.includes(option)) && a.options.length === b.options.length) {
    throw new UserError(`--between is "${text}", which names ${a.name} twice; must be two different ones`)
  }
  return [a, b]
}

/** All pairs, or those of the two sides. Throws a UserError that says why there are none. */
export function pairsOf({ nodes, leftOut }: MixNodes, sides?: readonly [Side, Side]): Comparison[] {
  const sideNodes = (side: Side) => nodes.filter(({ option }) => side.options.includes(option))
  const pairs = sides === undefined ? allPairs(nodes) : bestPairs(sideNodes(sides[0]), sideNodes(sides[1]))
  if (pairs.length > 0) return pairs
  const reasons = leftOut.map(({ name, why }) => `${name}: ${why}`)
  const [a, b] = sides?.map(({ name }) => name) ?? []
  const what =
    sides === undefined
      ? `break-even: ${nodes.length} of the plan's options can be compared; must be 2 or more that serve the same requests`
      : `--between ${a},${b}: cannot be compared`
  const isEachServing = sides?.every(side => sideNodes(side).length > 0)
  throw new UserError([isEachServing ? `${what}: they serve different models` : what, ...reasons].join('; '))
}

/** An option of that name, or else the ways to use the candidate of that name. */
function sideOf(name: string, { options, spec, late }: Plan): Side {
  const kindOf = ({ candidate }: Option) => spec.candidates[candidate].name ?? spec.candidates[candidate].node
  const exact = options.filter(option => option.name === name)
  const found = exact.length > 0 ? exact : options.filter(option => kindOf(option) === name)
  if (found.length > 0) return { name, options: found }
  const absent = late.find(of => of.name === name)
  if (absent !== undefined) throw new UserError(`--between: ${name} ${absent.why}`)
  const known = [...new Set(options.flatMap(option => [option.name, kindOf(option)]))]
  throw new UserError(`--between: the plan has no option "${name}"; ${suggestion(name, known)}`)
}

function exampleOf({ options }: Plan): string {
  return [options[0], options.at(-1)!].map(({ name }) => name).join(',')
}
