import type { Course } from '../../src/fleet/course.ts'
import type { PolicyChoice } from '../../src/simulate.ts'
import { courseOf, type Flavour, randomCourse } from './courses.ts'
import { type DetailedRow, detailedSource } from './detailed.ts'
import { Dice } from './dice.ts'
import type { Draft } from './draft.ts'
import { clients, lengths, models, roles, sessions, sharedDevices, signals } from './fleet-features.ts'
import * as kind from './kind-features.ts'
import { anyChoice, rowsOf } from './watched.ts'

/** What few fleets have, by name; put into a draft in this order. */
export const features = {
  models,
  roles,
  'shared devices': sharedDevices,
  order: both(kind.withOwners, kind.inKinds(kind.order)),
  'chunk budget': kind.inKinds(kind.chunkBudget),
  'max prefills': kind.inKinds(kind.maxPrefills),
  swap: kind.inKinds(kind.swap),
  'prefix cache': both(kind.withBlocks, kind.inKinds(kind.prefixCache)),
  slots: kind.inKinds(kind.reservedTokens),
  pace: kind.inKinds(kind.pace),
  start: kind.inKinds(kind.startS),
  outside: kind.inKinds(kind.outside),
  compiled: kind.inKinds(kind.compiled),
  sessions,
  clients,
  signals,
  lengths,
  speedup: kind.inKinds(kind.speedup),
} satisfies Record<string, (draft: Draft) => void>

export type Feature = keyof typeof features
export const featureNames = Object.keys(features) as Feature[]

/** A random course with some features, and who routes it. */
export interface Scenario {
  /** Told where a law fails, and understood by `scenarioNamed`. */
  readonly name: string
  readonly course: Course
  readonly choice: PolicyChoice
}

/** With its open-loop requests, and the course with others in their place. */
export interface OpenScenario extends Scenario {
  readonly rows: readonly DetailedRow[]
  readonly withRows: (rows: readonly DetailedRow[]) => Course
}

/** The same for the same seed, flavour and features. */
export async function scenarioOf(
  seed: number,
  flavour: Flavour,
  chosen: readonly Feature[],
): Promise<OpenScenario> {
  const base = randomCourse(`features ${seed}`, flavour)
  const draft = await draftOf(base, new Dice(`features ${seed} ${chosen}`, flavour))
  const wanted = chosen.includes('shared devices') ? ['models', ...chosen] : chosen
  for (const name of featureNames) if (wanted.includes(name)) features[name](draft)
  const { kinds, replicas, rows, names, more } = draft
  const course = courseOf(kinds.map(kind.roomy), [], {
    ...base,
    ...more,
    kinds: kinds.map(kind.roomy),
    replicas,
    arrivals: () => detailedSource(rows, names),
    // What is padded, or waits for weights, may take long.
    sampleS: base.sampleS * 64,
  })
  return {
    name: [flavour, seed, ...chosen].join('/'),
    course,
    rows,
    withRows: others => ({ ...course, arrivals: () => detailedSource(others, names) }),
    choice: anyChoice(seed, course),
  }
}

/** The scenario that has told its name. */
export function scenarioNamed(name: string): Promise<OpenScenario> {
  const [flavour, seed, ...chosen] = name.split('/')
  return scenarioOf(Number(seed), flavour as Flavour, chosen as Feature[])
}

/** Two features or more, drawn by the seed; more of them are seldom. */
export function someFeatures(seed: number): Feature[] {
  const dice = new Dice(`combination ${seed}`, 'dyadic')
  const share = dice.oneOf([0.15, 0.3, 0.5])
  const chosen = featureNames.filter(() => dice.chance(share))
  return chosen.length > 1
    ? chosen
    : [dice.oneOf(featureNames.slice(0, 7)), dice.oneOf(featureNames.slice(7))]
}

async function draftOf(base: Course, dice: Dice): Promise<Draft> {
  const { classes } = base.arrivals()
  return {
    dice,
    unitS: base.slo.ttftS / 20,
    kinds: [...base.kinds],
    // Every kind has one.
    replicas: [...base.replicas, ...base.kinds.map((_, i) => i).filter(i => !base.replicas.includes(i))],
    classes,
    rows: await rowsOf(base),
    names: { classes },
    more: {},
  }
}

function both(first: (draft: Draft) => void, second: (draft: Draft) => void) {
  return (draft: Draft) => {
    first(draft)
    second(draft)
  }
}
