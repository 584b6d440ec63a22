import { describe, expect, test } from 'vitest'
import type { Choice, Programme } from '../../../src/planning/fleets/programme.ts'
import { considered, mostOf, stockOf } from '../../../src/planning/fleets/programme-choices.ts'
import { choice, programme, rating } from './programmes.ts'

function usedOf(choices: readonly Choice[], given: Partial<Programme> = {}): string[] {
  return considered(programme(choices, given)).used.map(k => choices[k].name)
}

describe('of choices of which one is surely no better, it is not considered', () => {
  const better = choice('better', { node: 'h100', ratings: [rating(2, 150)] })
  const worse = choice('worse', { node: 'h100', ratings: [rating(1, 100)] })

  test('whatever their order', () => {
    expect(usedOf([better, worse])).toEqual(['better'])
    expect(usedOf([worse, better])).toEqual(['better'])
  })

  test('of choices that are alike the first is', () => {
    expect(usedOf([better, { ...better, name: 'alike' }])).toEqual(['better'])
  })

  test('unless it serves a class that the other does not', () => {
    const both = { ...worse, ratings: [rating(1), rating(1)] }
    const demands = ['chat', 'code'].map(name => ({ name, ratePerS: 1 }))
    expect(usedOf([better, both], { demands })).toEqual(['better', 'worse'])
    expect(usedOf([better, both])).toEqual(['better'])
  })

  test('unless it takes less of what counts', () => {
    const frugal = { ...worse, ratings: [rating(1, 60)] }
    expect(usedOf([better, frugal])).toEqual(['better'])
    expect(usedOf([better, frugal], { aim: 'joules' })).toEqual(['better', 'worse'])
    const cool = { ...worse, maxWatts: 50 }
    expect(usedOf([better, cool], { limits: { rackKw: 1 } })).toEqual(['better', 'worse'])
    expect(usedOf([better, cool], { limits: { usdPerHour: 1 } })).toEqual(['better'])
  })

  test('unless of the better hardware only so many nodes can be had', () => {
    const scarce = choice('scarce', { most: 3, ratings: [rating(2)] })
    expect(usedOf([scarce, choice('plenty')])).toEqual(['scarce', 'plenty'])
    expect(usedOf([{ ...scarce, most: Number.POSITIVE_INFINITY }, choice('plenty')])).toEqual(['scarce'])
    expect(
      usedOf([
        { ...better, most: 3 },
        { ...worse, most: 3 },
      ]),
    ).toEqual(['better'])
  })

  test('unless some of it are there already', () => {
    const fast = choice('fast', { ratings: [rating(2)] })
    expect(usedOf([fast, choice('owned')], { stock: [0, 2] })).toEqual(['fast', 'owned'])
    expect(usedOf([fast, choice('owned')], { stock: [2, 0] })).toEqual(['fast'])
  })

  test('unless it is a GPU where GPUs must serve a share, and the other is none', () => {
    const asic = choice('asic', { isGpu: false, ratings: [rating(2)] })
    expect(usedOf([asic, choice('gpu')])).toEqual(['asic'])
    expect(usedOf([asic, choice('gpu')], { limits: { gpuShare: 0.1 } })).toEqual(['asic', 'gpu'])
  })
})

test('stock and supply are of the hardware, however it is used', () => {
  const choices = [
    choice('tp8', { node: 'h100', most: 5 }),
    choice('tp4', { node: 'h100', most: 3 }),
    choice('l4'),
  ]
  const given = programme(choices, { stock: [1, 2, 4] })
  expect(stockOf(given, 'h100')).toBe(3)
  expect(mostOf(given, 'h100')).toBe(3)
  expect(mostOf(given, 'l4')).toBe(Number.POSITIVE_INFINITY)
})
