import { expect, test } from 'vitest'
import { below, stream } from '../../src/core/random.ts'
import { Recency } from '../../src/replicas/recency.ts'

test('keeps numbers in the order in which they were last appended', () => {
  const random = stream('recency', 'test')
  const list = new Recency()
  let order: number[] = []
  for (let turn = 0; turn < 20_000; turn++) {
    const number = below(random, turn < 10_000 ? 40 : 300)
    if (!order.includes(number)) {
      list.append(number)
      order.push(number)
    } else {
      order = order.filter(other => other !== number)
      if (random() < 0.5) list.remove(number)
      else {
        list.renew(number)
        order.push(number)
      }
    }
    expect(list.length).toBe(order.length)
    expect(list.oldest).toBe(order[0] ?? -1)
  }
  const left: number[] = []
  for (; list.length > 0; list.remove(list.oldest)) left.push(list.oldest)
  expect(left).toEqual(order)
  expect(list.oldest).toBe(-1)
})
