import type { Counting } from '../costs/choice.ts'
import { type Comparison, nodesAt, type PriceVerdict } from '../planning/fleets/break-even.ts'
import { mtokPerHourOf, ratePerSOf } from '../planning/fleets/break-even-mix.ts'
import { cheaperName } from './break-even-columns.ts'
import { rangeText } from './break-even-tables.ts'
import { colours, facts, short } from './print.ts'
import { whole } from './quantities.ts'

/** Two options by load, by price and per token. */
export function pairText(pair: Comparison): string {
  const [a, b] = [pair.a.option.name, pair.b.option.name]
  return [
    `${colours.bold(a)} against ${colours.bold(b)}`,
    facts([
      ['whole nodes', loadSentence(pair, 'whole')],
      ['divisible', loadSentence(pair, 'divisible')],
      ["plan's load", ownSentence(pair)],
      ['price', priceSentence(pair)],
      ['energy', ratioSentence(pair, pair.joulesRatio, 'joules')],
      ['carbon', ratioSentence(pair, pair.gramsRatio, 'grams of CO2e, embodied included,')],
    ]),
  ].join('\n')
}

/** `slow is cheaper up to 10.0 requests/s (...), and fast from 30.0 requests/s (...) on`, and what lies between. */
export function loadSentence(pair: Comparison, counting: Counting): string {
  const { small, smallUntilMtokPerHour, large, largeFromMtokPerHour } = pair[counting].span
  const first = small === 'neither' ? 'both cost the same' : `${cheaperName(small, pair)} is cheaper`
  if (!Number.isFinite(smallUntilMtokPerHour)) return `${first} at any load`
  const until = `${first} up to ${loadText(pair, smallUntilMtokPerHour, counting)}`
  if (Number.isNaN(largeFromMtokPerHour)) {
    return `${until}; full nodes cost the same per token, so neither stays cheaper at larger loads`
  }
  const then = large === 'neither' ? 'both cost the same' : cheaperName(large, pair)
  if (largeFromMtokPerHour === smallUntilMtokPerHour) return `${until}; above it ${then}`
  const again = small === large ? 'again' : then
  return `${until}, and ${again} from ${loadText(pair, largeFromMtokPerHour, counting)} on; in between it depends on the load`
}

function loadText({ a, b }: Comparison, mtokPerHour: number, counting: Counting): string {
  const nodes = [a, b].map(node => `${whole(nodesAt(mtokPerHour, node, counting))} of ${node.option.name}`)
  return `${short(ratePerSOf(a.mix, mtokPerHour))} requests/s (${short(mtokPerHour)} Mtok/h; ${nodes.join(', ')})`
}

function ownSentence({ a, b, whole: { own } }: Comparison): string {
  const { ratePerS } = a.mix
  const side = (nodes: number, name: string, usdPerHour: number) =>
    `${nodes} ${nodes === 1 ? 'node' : 'nodes'} of ${name}, ${short(usdPerHour)} $/h`
  return (
    `${short(ratePerS)} requests/s (${short(mtokPerHourOf(a.mix, ratePerS))} Mtok/h): ` +
    `${side(own.nodesA, a.option.name, own.usdPerHourA)}, or ${side(own.nodesB, b.option.name, own.usdPerHourB)}`
  )
}

function priceSentence({ b, largeLoadPrice, whole: { own } }: Comparison): string {
  const { price, option } = b
  const range = price.lowUsd === price.highUsd ? 'no range given' : rangeText(price)
  return (
    `a node of ${option.name} is ${short(price.givenUsd)} $/h today (${range}); both cost the same ` +
    `${atPrice(largeLoadPrice)} at large load, ${atPrice(own.price)} at the plan's: ${flipsText(largeLoadPrice, own.price)}`
  )
}

function atPrice({ breakEvenUsd }: PriceVerdict): string {
  return breakEvenUsd < 0 ? 'not even if it were free' : `at ${short(breakEvenUsd)} $/h`
}

function flipsText(large: PriceVerdict, own: PriceVerdict): string {
  if (!large.isFlipped && !own.isFlipped) return 'no price in the range changes who is cheaper'
  if (large.isFlipped && own.isFlipped) return 'the range of its price decides who is cheaper'
  return `the range of its price decides who is cheaper at ${large.isFlipped ? 'large load' : "the plan's load"}, not at ${large.isFlipped ? "the plan's" : 'large load'}`
}

function ratioSentence({ a, b }: Comparison, ratio: number, what: string): string {
  if (Number.isNaN(ratio)) return 'what making one of the two emitted is not known'
  return `a full node of ${b.option.name} takes ${short(ratio)} times the ${what} of one of ${a.option.name} per token`
}
