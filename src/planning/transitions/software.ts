import { grown } from './growth.ts'
import { type Quarter, yearsBetween } from './quarters.ts'

/** How software gets faster on the same hardware. */
export interface Software {
  /** What a part gains at most by its first year's work, in units of its speed at release, such as 1.5. */
  readonly firstYear: number
  /** In which that work comes to 1 - 1/e of it. */
  readonly settlingYears: number
  /** Times as fast every year after the first. */
  readonly perYear: number
  /** Years from release on for which anybody still works on it. */
  readonly supportYears: number
}

/** A kind of hardware as its software sees it. */
export interface Part {
  readonly released: Quarter
  /** Whose software the catalogue's speeds are of; that of the release where absent. */
  readonly measured?: Quarter | undefined
  /** Years after its release at which work on its software begins. */
  readonly lagYears: number
}

/**
 * How many times as fast a part is as at its release after so many years of work on its software:
 *
 *     1 + firstYear (1 - exp(-t / settlingYears))   for t up to 1, then times perYear every year
 *
 * The curve of NVIDIA's parts from 2022 on, as MLPerf rounds and vendors' posts have it: 2 to 3 times in the first year
 * of a part, 1.10 to 1.15 times a year afterwards.
 */
export function gainAfter(
  years: number,
  { firstYear, settlingYears, perYear }: Omit<Software, 'supportYears'>,
): number {
  const worked = Math.max(0, years)
  const early = 1 + firstYear * (1 - Math.exp(-Math.min(worked, 1) / settlingYears))
  return early * grown(perYear, Math.max(0, worked - 1))
}

/** How many times as fast a part is in a quarter as the catalogue has it. */
export function speedAt(
  quarter: Quarter,
  { released, measured = released, lagYears }: Part,
  software: Software,
): number {
  const workedAt = (when: Quarter) => Math.min(yearsBetween(released, when), software.supportYears) - lagYears
  const gainAt = (when: Quarter) => gainAfter(workedAt(when), software)
  return gainAt(quarter) / gainAt(Math.max(released, measured))
}
