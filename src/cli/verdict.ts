import type { Standing } from '../experiments/race.ts'
import { CLOSE, type EndRace, type Verdict, verdicts } from '../experiments/ranges.ts'
import { rankings } from '../experiments/ranking.ts'
import { colours, paragraph, tableText, terminalWidth, widthOf } from './print.ts'

/** Whether the ranking holds where the catalogue's estimates are off. */
export function verdictText(given: readonly Standing[], ends: readonly EndRace[], estimates: number): string {
  const judged = verdicts(given, ends)
  const opening = `${estimates} numbers are estimates. With all of them at the worse or the better end of their ranges`
  if (judged.every(({ flips, isWinnerSafe }) => isWinnerSafe && flips.length === 0)) {
    return paragraph(`${opening}\nthe ranking holds. ${tiesText}`)
  }
  return [
    paragraph(`${opening} the best policy is:`),
    winnersText(judged),
    pairsText(judged, given.length),
  ].join('\n')
}

const tiesText = `Policies within ${100 * CLOSE} % of each other count as equal.`

function winnersText(judged: readonly Verdict[]): string {
  const column = (heading: string, of: (verdict: Verdict) => string) => ({
    heading,
    cells: judged.map(of),
    align: 'left' as const,
  })
  const columns = [
    column('by', ({ ranking }) => rankings[ranking].about),
    column('pessimistic', ({ bestAt }) => bestAt.pessimistic),
    column('as given', ({ best }) => best),
    column('optimistic', ({ bestAt }) => bestAt.optimistic),
    column('', outcomeText),
  ]
  const text = tableText(columns)
  return widthOf(text) <= terminalWidth() ? text : tableText(columns, 1)
}

/** A best policy that others equal as given is no clear winner, and cannot lose its place. */
function outcomeText({ isWinnerSafe, flips, best }: Verdict): string {
  if (isWinnerSafe) return 'holds'
  return flips.some(({ ahead }) => ahead === best) ? colours.yellow('flips') : 'open'
}

function pairsText(judged: readonly Verdict[], policies: number): string {
  const pairs = (policies * (policies - 1)) / 2
  const counts = judged.map(({ ranking, flips }) => {
    const names = new Set(flips.map(({ ahead, overtaker }) => [ahead, overtaker].sort().join(' and ')))
    const only = names.size === 1 ? ` (${[...names][0]})` : ''
    return `${rankings[ranking].about} ${names.size}${only}`
  })
  const changes = `Of ${pairs} pairs of policies, so many change places at an end: ${counts.join(', ')}.`
  return paragraph(`${changes}\n${tiesText}`)
}
