import { fullUsdPerMtok } from '../costs/choice.ts'
import { type Comparison, type LoadSpan, nodesAt } from '../planning/fleets/break-even.ts'
import { ratePerSOf } from '../planning/fleets/break-even-mix.ts'
import type { MixNode, PriceRange } from '../planning/fleets/break-even-nodes.ts'
import { cheaperName } from './break-even-columns.ts'
import { fittedTable, short, type TextColumn } from './print.ts'
import { whole } from './quantities.ts'

/** What a node costs and serves, and what its tokens take. */
export function nodeTable(nodes: readonly MixNode[]): string {
  const of = (heading: string, text: (node: MixNode) => string): TextColumn => ({
    heading,
    cells: nodes.map(text),
  })
  return fitted([
    { ...of('\noption', ({ option }) => option.name), align: 'left' },
    of('a node:\n$/h', ({ price }) => short(price.givenUsd)),
    { ...of('its range\n', ({ price }) => rangeText(price)), spare: 1 },
    of('\nrequests/s', ({ ratePerS }) => short(ratePerS)),
    of('\nMtok/h', ({ choice }) => short(choice.mtokPerHour)),
    of('\n$/Mtok', ({ choice }) => short(fullUsdPerMtok(choice))),
    of('\nJ/tok', ({ joulesPerMtok }) => short(joulesPerMtok / 1e6)),
    of('\ng/Mtok', ({ gramsPerMtok }) => short(gramsPerMtok)),
  ])
}

/** Below and above which load who is cheaper. */
export function loadTable(pairs: readonly Comparison[]): string {
  const of = column(pairs)
  const span = (pair: Comparison) => pair.whole.span
  return fitted([
    ...namesOf(pairs),
    { ...of('whole nodes:\ncheaper', pair => smallName(span(pair), pair)), align: 'left' },
    of('up to\nrequests/s', pair => rateText(span(pair).smallUntilMtokPerHour, pair)),
    { ...of('\nMtok/h', pair => short(span(pair).smallUntilMtokPerHour)), spare: 2 },
    { ...of('then\ncheaper', pair => cheaperName(span(pair).large, pair)), align: 'left' },
    of('from\nrequests/s', pair => rateText(span(pair).largeFromMtokPerHour, pair)),
    { ...of('\nMtok/h', pair => short(span(pair).largeFromMtokPerHour)), spare: 3 },
    of('nodes\na : b', pair => nodesText(span(pair).largeFromMtokPerHour, pair)),
    {
      ...of('divisible:\nfrom requests/s', pair => rateText(pair.divisible.span.largeFromMtokPerHour, pair)),
      spare: 1,
    },
  ])
}

/** What a node of b may cost, and what its tokens take beside those of a. */
export function priceTable(pairs: readonly Comparison[]): string {
  const of = column(pairs)
  return fitted([
    ...namesOf(pairs),
    of('$/h of b\ntoday', ({ b }) => short(b.price.givenUsd)),
    { ...of('its range\n', ({ b }) => rangeText(b.price)), spare: 3 },
    of('break-even:\nlarge load', ({ largeLoadPrice }) => short(largeLoadPrice.breakEvenUsd)),
    { ...of('in\nrange', ({ largeLoadPrice }) => yesNo(largeLoadPrice.isFlipped)), align: 'left' },
    of("at plan's\nload", pair => short(pair.whole.own.price.breakEvenUsd)),
    { ...of('in\nrange', pair => yesNo(pair.whole.own.price.isFlipped)), align: 'left' },
    { ...of('per token,\nb / a: J', ({ joulesRatio }) => short(joulesRatio)), spare: 1 },
    { ...of('\ng', ({ gramsRatio }) => short(gramsRatio)), spare: 2 },
  ])
}

/** `8.00 to 12.0`; one number where it is known. */
export function rangeText({ lowUsd, highUsd }: PriceRange): string {
  return lowUsd === highUsd ? short(lowUsd) : `${short(lowUsd)} to ${short(highUsd)}`
}

/** Blank where there is no such bound: who is cheaper at small loads is so at any. */
function smallName({ small, smallUntilMtokPerHour }: LoadSpan, pair: Comparison): string {
  return Number.isFinite(smallUntilMtokPerHour) ? cheaperName(small, pair) : ''
}

function rateText(mtokPerHour: number, { a }: Comparison): string {
  return short(ratePerSOf(a.mix, mtokPerHour))
}

function nodesText(mtokPerHour: number, { a, b }: Comparison): string {
  return [a, b].map(node => whole(nodesAt(mtokPerHour, node, 'whole'))).join(' : ')
}

function namesOf(pairs: readonly Comparison[]): TextColumn[] {
  const of = column(pairs)
  return [
    { ...of('\na', ({ a }) => a.option.name), align: 'left' },
    { ...of('\nb', ({ b }) => b.option.name), align: 'left' },
  ]
}

function column(pairs: readonly Comparison[]) {
  return (heading: string, text: (pair: Comparison) => string): TextColumn => ({
    heading,
    cells: pairs.map(text),
  })
}

function yesNo(is: boolean): string {
  return is ? 'yes' : 'no'
}

function fitted(columns: readonly TextColumn[]): string {
  return fittedTable(columns, 2).text
}
