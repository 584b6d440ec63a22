import type { Course } from '../../src/fleet/course.ts'
import { type Admission, type GatewaySpec, TIERS } from '../../src/gateway/contract.ts'
import { Dice, type Flavour } from './dice.ts'

/** The course behind a random gateway: each of its parts in about half of them. */
export function withGateway(course: Course, seed: number, flavour: Flavour): Course {
  const dice = new Dice(`gateway ${seed}`, flavour)
  const classSlos = Array.from({ length: 3 }, () => ({ slo: course.slo, tier: dice.oneOf(TIERS) }))
  return { ...course, classSlos, gateway: randomGateway(dice, course) }
}

function randomGateway(dice: Dice, { replicas, kinds, handoff }: Course): GatewaySpec {
  const { unitS } = dice
  const most = dice.oneOf([1, 2, 4, 8])
  const isGivenUp = handoff === undefined
  return {
    admission: dice.chance(0.3) ? [everyFew(dice.between(2, 5))] : [],
    ...(dice.chance(0.5) && { timeToLiveS: { standard: dice.amount(unitS, [4, 32]), batch: unitS } }),
    ...(dice.chance(0.6) && { room: replicas.map(kind => Math.min(most, kinds[kind].maxSequences)) }),
    ...(dice.chance(0.5) && {
      retries: { most: dice.between(1, 3), backoffS: dice.amount(unitS, [1, 8]), growth: 2 },
    }),
    ...(isGivenUp && dice.chance(0.5) && { timeoutS: dice.amount(unitS, [2, 16, 64]) }),
    ...(isGivenUp && dice.chance(0.6) && { hedgeAfterS: dice.amount(unitS, [1, 4, 16]) }),
    ...(dice.chance(0.4) && {
      router: {
        decisionS: dice.amount(unitS, [0, 0.25]),
        perReplicaS: unitS / 64,
        servers: dice.between(1, 3),
      },
    }),
    ...(dice.chance(0.4) && { tickS: dice.amount(unitS, [0.5, 2]) }),
  }
}

/** Refuses one in so many. */
function everyFew(count: number): () => Admission {
  return () => {
    let asked = 0
    return () => ++asked % count !== 0
  }
}
