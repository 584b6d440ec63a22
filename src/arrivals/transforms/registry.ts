import type { ArrivalSource } from '../contract.ts'
import { type BootstrapSpec, bootstrapped } from './bootstrap.ts'
import { type CapSpec, capped } from './cap.ts'
import type { Chance, Open } from './contract.ts'
import { type HeadSpec, headOf } from './head.ts'
import { type LoopSpec, looped } from './loop.ts'
import { atRate, type RateSpec } from './scale.ts'
import { paced, type SessionPace } from './sessions.ts'
import { type ShiftSpec, shifted } from './shift.ts'
import { type SliceSpec, sliced } from './slice.ts'
import { type SpreadSpec, spread } from './spread.ts'
import { type StretchSpec, stretched } from './stretch.ts'
import { type SuperposeSpec, superposed } from './superpose.ts'
import { type TagSpec, tagged } from './tag.ts'
import { type ThinSpec, thinned } from './thin.ts'

/** What can be done to a workload, by name, with what it must be told. */
export interface TransformSpecs {
  slice: SliceSpec
  head: HeadSpec
  thin: ThinSpec
  rate: RateSpec
  stretch: StretchSpec
  shift: ShiftSpec
  spread: SpreadSpec
  superpose: SuperposeSpec
  loop: LoopSpec
  bootstrap: BootstrapSpec
  cap: CapSpec
  tag: TagSpec
  sessions: { readonly pace: SessionPace }
}

export type TransformName = keyof TransformSpecs

/** A transform of the list. One conformance suite runs over all of them. */
export interface Transform<Spec> {
  /** One line for help texts. */
  readonly about: string
  /** Opens what it needs and reads nothing before the first `fill`. Throws a UserError that names the number and its bound. */
  apply(open: Open, spec: Spec, chance: Chance): ArrivalSource
}

export const transforms: { readonly [Name in TransformName]: Transform<TransformSpecs[Name]> } = {
  slice: { about: 'the requests from one second up to another', apply: (open, spec) => sliced(open(), spec) },
  head: { about: 'the first requests', apply: (open, spec) => headOf(open(), spec) },
  thin: {
    about: 'a seeded share of the sessions, or of the requests',
    apply: (open, spec, chance) => thinned(open(), spec, chance),
  },
  rate: { about: 'a factor of the rate, or a mean rate: every gap changes alike', apply: atRate },
  stretch: {
    about: 'arrival times multiplied, and think times too if wanted',
    apply: (open, spec) => stretched(open(), spec),
  },
  shift: { about: 'another phase of a period, such as of the day', apply: shifted },
  spread: {
    about: 'requests of one instant spread up to the next',
    apply: (open, spec, chance) => spread(open(), spec, chance),
  },
  superpose: { about: 'several copies at once, shifted by seeded draws', apply: superposed },
  loop: { about: 'over and over, up to a time or a number of requests', apply: looped },
  bootstrap: { about: 'days or other blocks of time, drawn anew with replacement', apply: bootstrapped },
  cap: { about: 'lengths cut to bounds', apply: (open, spec) => capped(open(), spec) },
  tag: {
    about: 'a class, tenant, model or deadline for all requests or a seeded share',
    apply: (open, spec, chance) => tagged(open(), spec, chance),
  },
  sessions: {
    about: 'turns that wait for those before (closed), or come at their own time (open)',
    apply: (open, spec) => paced(open(), spec.pace),
  },
}
