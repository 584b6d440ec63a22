import { type Setup, type Subject, subjectOf } from '../fidelity/subject.ts'
import type { Observation, Quantity } from './contract.ts'
import type { Profile } from './parameters.ts'

/** A quantity with where it was measured. */
export interface Placed extends Quantity {
  readonly place: string
}

/** Observations as one list of quantities, and what profiles make of them. */
export interface Predictions {
  readonly quantities: readonly Placed[]
  /** Seconds for each quantity; NaN for those of observations of which `isWanted` is true for none. */
  readonly under: (profile: Profile, isWanted?: (quantity: number) => boolean) => Promise<readonly number[]>
}

/** @param onDone called after the observations were predicted once more */
export function predictionsOf(
  observations: readonly Observation[],
  onDone?: () => void | Promise<void>,
): Predictions {
  const quantities = observations.flatMap(({ place, quantities }) =>
    quantities.map(quantity => ({ place, ...quantity })),
  )
  const under: Predictions['under'] = async (profile, isWanted = () => true) => {
    const subjectFor = subjects(profile)
    const all: number[] = []
    for (const { quantities, setup, predict } of observations) {
      const isNeeded = quantities.some((_, i) => isWanted(all.length + i))
      all.push(...(isNeeded ? await predict(subjectFor(setup)) : quantities.map(() => Number.NaN)))
    }
    await onDone?.()
    return all
  }
  return { quantities, under }
}

/** ln(predicted / measured), 0 where there is no prediction. */
export function logRatios(quantities: readonly Quantity[], predicted: readonly number[]): number[] {
  return quantities.map(({ measured }, i) => {
    const ratio = Math.log(predicted[i] / measured)
    return Number.isFinite(ratio) ? ratio : 0
  })
}

/** The subject of each setup under the profile, made once. */
function subjects({ engine, device }: Profile): (setup: Setup) => Subject {
  const made = new Map<Setup, Subject>()
  return setup => {
    const known = made.get(setup)
    if (known !== undefined) return known
    const subject = subjectOf({ ...setup, engine, device })
    made.set(setup, subject)
    return subject
  }
}
