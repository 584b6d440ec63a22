import { UserError } from '../core/errors.ts'
import type { OrderFactory } from '../ordering/contract.ts'
import { orderFactory, orderNamed, orderOptions } from '../ordering/registry.ts'
import { located } from './document.ts'
import type { PoolParts } from './pool-parts.ts'
import type { ParsedScenario } from './schema.ts'

/** Undefined for the queue that every replica has. Options that the order does not have are taken for classes. */
export function orderOf({ pool, fail }: PoolParts): OrderFactory | undefined {
  const { name, options } = choiceOf(pool.batcher.order)
  const own = Object.keys(orderNamed(name).options)
  const classes = Object.keys(options).filter(option => !own.includes(option))
  try {
    return orderFactory(name, options, classes)
  } catch (error) {
    if (error instanceof UserError) fail(['batcher', 'order'], `does not work: ${error.message}`)
    throw error
  }
}

/** Throws a UserError where a pool's order has an option for a class that the workload does not have. */
export function checkOrders(parsed: ParsedScenario, classes: readonly string[]): void {
  if ('task' in parsed.scenario) return
  for (const [index, { batcher }] of parsed.scenario.fleet.entries()) {
    const { name, options } = choiceOf(batcher.order)
    located(parsed, ['fleet', index, 'batcher', 'order'], () => orderOptions(name, options, classes))
  }
}

function choiceOf(order: PoolParts['pool']['batcher']['order']) {
  if (typeof order === 'string') return { name: order, options: {} }
  const { name, ...options } = order
  return { name, options: options as Record<string, number> }
}
