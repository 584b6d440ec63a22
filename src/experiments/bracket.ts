/** Whether something holds at a rate of arrivals, as far as that can be told. */
export type Judgement = 'holds' | 'fails' | 'unclear'

/** Between which rates to search, and by what share the two rates found may differ. */
export interface SearchRange {
  readonly lowestPerS: number
  readonly highestPerS: number
  readonly tolerance: number
}

/** The highest rate judged to hold and the lowest judged to fail; NaN where the range has none. */
export interface Bracket {
  readonly holdsPerS: number
  readonly failsPerS: number
}

type Judged = ReadonlyMap<number, Judgement>

/**
 * Bisects for where holding ends and where failing begins, which is one place unless it cannot be told in between.
 * Takes for granted that what holds at a rate holds at every lower one. Each rate is asked for once.
 */
export async function bracketOf(
  judge: (ratePerS: number) => Promise<Judgement>,
  { lowestPerS, highestPerS, tolerance }: SearchRange,
): Promise<Bracket> {
  const judged = new Map<number, Judgement>()
  const ask = async (ratePerS: number) => {
    judged.set(ratePerS, await judge(ratePerS))
    return judged.get(ratePerS)!
  }
  const narrow = async (isBelow: (judgement: Judgement) => boolean) => {
    for (;;) {
      const { low, high } = edgeOf(judged, isBelow)
      if (!(high > low * (1 + tolerance))) return
      await ask(Math.sqrt(low * high))
    }
  }

  const atLowest = await ask(lowestPerS)
  if (atLowest === 'fails') return bracketIn(judged)
  const atHighest = await ask(highestPerS)
  if (atHighest === 'holds') return bracketIn(judged)
  if (atLowest === 'holds') await narrow(judgement => judgement === 'holds')
  if (atHighest === 'fails') await narrow(judgement => judgement !== 'fails')
  return bracketIn(judged)
}

/** The lowest rate that is not below, and the highest under it. */
function edgeOf(judged: Judged, isBelow: (judgement: Judgement) => boolean) {
  const rates = ratesOf(judged)
  const above = rates.findIndex(rate => !isBelow(judged.get(rate)!))
  return { low: rates[above - 1], high: rates[above] }
}

/** Where chance has a rate fail under another that holds, only what holds below it counts. */
function bracketIn(judged: Judged): Bracket {
  const rates = ratesOf(judged)
  const failsPerS = rates.find(rate => judged.get(rate) === 'fails') ?? Number.NaN
  const holding = rates.filter(rate => judged.get(rate) === 'holds' && !(rate > failsPerS))
  return { holdsPerS: holding.at(-1) ?? Number.NaN, failsPerS }
}

function ratesOf(judged: Judged): number[] {
  return [...judged.keys()].sort((a, b) => a - b)
}
