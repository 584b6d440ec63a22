import { InvalidArgumentError } from 'commander'
import { loadsBetween } from '../experiments/load-curve.ts'

/** Lowest and highest, as shares of what saturates the fleet. */
export type LoadRange = readonly [lowest: number, highest: number]

const MOST_POINTS = 1000

/** Of the command line, `0.05:1.2`. */
export function loadRange(text: string): LoadRange {
  const [lowest, highest] = numbersOf(text, 2, 'two loads, such as 0.05:1.2')
  return checkedRange(lowest, highest)
}

/** Of the command line, `0.1:1.1:11`: lowest, highest, and how many loads in all. */
export function loadGrid(text: string): number[] {
  const [lowest, highest, count] = numbersOf(text, 3, 'two loads and a count, such as 0.1:1.1:11')
  checkedRange(lowest, highest)
  if (Number.isInteger(count) && count >= 2 && count <= MOST_POINTS)
    return loadsBetween(lowest, highest, count)
  throw new InvalidArgumentError(`Its count must be a whole number from 2 to ${MOST_POINTS}.`)
}

export function severalOf(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 2) return value
  throw new InvalidArgumentError(
    'It must be a whole number >= 2: one run does not say how much chance matters.',
  )
}

export function shareOf(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value < 1) return value
  throw new InvalidArgumentError('It must be a number > 0 and < 1.')
}

function numbersOf(text: string, count: number, what: string): number[] {
  const parts = text.split(':')
  const isNumber = (part: string) => part.trim() !== '' && Number.isFinite(Number(part))
  if (parts.length === count && parts.every(isNumber)) return parts.map(Number)
  throw new InvalidArgumentError(`It must be ${what}.`)
}

function checkedRange(lowest: number, highest: number): LoadRange {
  if (lowest > 0 && lowest < highest) return [lowest, highest]
  throw new InvalidArgumentError('Its first load must be > 0 and below the second.')
}
