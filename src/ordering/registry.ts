import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { type OptionSpec, type OptionSpecs, resolveOptions } from '../core/options.ts'
import type { OrderFactory } from './contract.ts'
import { earliestDeadline, leastSlack } from './deadlines.ts'
import { fairShare } from './fair-share.ts'
import { priority } from './priority.ts'
import { oracleShortestJobFirst, shortestJobFirst } from './shortest-job-first.ts'

/** What the registry says of an order. */
export interface OrderEntry {
  readonly about: string
  readonly options: OptionSpecs
  /** An option for every class of requests, by the class's name. */
  readonly optionPerClass?: OptionSpec
  /** Whether deadlines and tenants that requests bring matter to it. */
  readonly readsDeadlines?: boolean
  readonly readsTenants?: boolean
  /** Absent: the queue that every replica has. */
  readonly make?: (options: Readonly<Record<string, number>>) => OrderFactory
}

const DUE_AFTER_S: OptionSpec = {
  about:
    'seconds after arrival at which requests of the class are due that bring no deadline; without it last',
  min: 0,
  unit: 'seconds',
}

/** Every order by the name that scenarios use; help texts and validation are derived from this table. */
export const orders = {
  fcfs: { about: 'first come, first served', options: {} },
  priority: {
    make: priority,
    about: 'the highest level of class first (vLLM, --scheduling-policy priority), with aging',
    options: {
      aging_s: {
        about: 'seconds of waiting that are worth one level; without it levels are strict',
        min: 0,
        unit: 'seconds',
      },
    },
    optionPerClass: { about: 'level of the class, the highest first', default: 0, whole: true },
  },
  sjf: {
    make: () => shortestJobFirst,
    about: 'the shortest predicted output first (Fu et al., arXiv:2408.15792)',
    options: {},
  },
  'oracle-sjf': {
    make: () => oracleShortestJobFirst,
    about: 'sjf told the true output length: a bound',
    options: {},
  },
  edf: {
    make: earliestDeadline,
    about: 'the earliest deadline first (Liu and Layland, 1973)',
    options: {},
    optionPerClass: DUE_AFTER_S,
    readsDeadlines: true,
  },
  'least-slack': {
    make: leastSlack,
    about: 'the least time to spare first: deadline less expected service (Mok, 1983)',
    options: {},
    optionPerClass: DUE_AFTER_S,
    readsDeadlines: true,
  },
  'fair-share': {
    make: fairShare,
    about: 'the tenant served least first, by virtual token counters (Sheng et al., arXiv:2401.00588)',
    options: {
      input_weight: { about: 'what a prompt token counts', default: 1, min: 0, whole: true },
      output_weight: { about: 'what an output token counts', default: 2, min: 0, whole: true },
    },
    readsTenants: true,
  },
} as const satisfies Record<string, OrderEntry>

export type OrderName = keyof typeof orders

/** The registry's entry of that name. Throws a UserError where there is none. */
export function orderNamed(name: string): OrderEntry {
  if (Object.hasOwn(orders, name)) return orders[name as OrderName]
  throw new UserError(`there is no order '${name}'; ${suggestion(name, Object.keys(orders))}`)
}

/** The order's options, checked and with defaults filled in, for a workload of these classes. Throws a UserError. */
export function orderOptions(
  name: string,
  given: Readonly<Record<string, number>>,
  classes: readonly string[],
): Record<string, number> {
  const { options, optionPerClass } = orderNamed(name)
  const specs: Record<string, OptionSpec> = {}
  if (optionPerClass !== undefined) for (const name of classes) specs[name] = optionPerClass
  return resolveOptions(name, { ...specs, ...options }, given)
}

/**
 * What makes the order at each replica of a kind; undefined for the queue that every replica has. Throws a UserError
 * for an unknown name, and for options that the order does not have or that are out of bounds.
 */
export function orderFactory(
  name: string,
  given: Readonly<Record<string, number>>,
  classes: readonly string[],
): OrderFactory | undefined {
  const options = orderOptions(name, given, classes)
  return orderNamed(name).make?.(options)
}
