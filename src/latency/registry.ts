import type { LatencyModel } from './contract.ts'
import type { OperatorsOptions } from './dealt.ts'
import { eagerOperators } from './eager.ts'
import { Exponential, type ExponentialOptions } from './exponential.ts'
import { Fixed, type FixedOptions } from './fixed.ts'
import { Linear, type LinearOptions } from './linear.ts'
import { Operators } from './operators.ts'
import { Samples, type SamplesOptions } from './samples.ts'

/** Every latency model by the name that scenarios use; help texts and validation are derived from this table. */
export const latencyModels = {
  operators: {
    create: (options: OperatorsOptions) => new Operators(options),
    about: 'sum of calibrated operators of a transformer on a device (the default)',
  },
  eager: {
    create: (options: OperatorsOptions) => eagerOperators(options),
    about:
      'the same under an engine that launches kernels one by one: root of the squares of host and device time',
  },
  linear: {
    create: (options: LinearOptions) => new Linear(options),
    about: 'fitted line in tokens and context of a step',
  },
  fixed: {
    create: (options: FixedOptions) => new Fixed(options),
    about: 'every step takes the same time',
  },
  exponential: {
    create: (options: ExponentialOptions) => new Exponential(options),
    about: 'every step takes an exponential time (queueing oracles)',
  },
  samples: {
    create: (options: SamplesOptions) => new Samples(options),
    about: 'batches of inferences of fixed cost: ranking, vision, driving (the default of tasks)',
  },
} as const satisfies Record<string, { create: (options: never) => LatencyModel; about: string }>

export type LatencyModelName = keyof typeof latencyModels
