/** A quarter of the calendar, as quarters since the first of the year 0. */
export type Quarter = number

export const QUARTER_PATTERN = /^(\d{4})-Q([1-4])$/

export const QUARTERS_PER_YEAR = 4

/** Of text such as `2026-Q1`, which fits the pattern. */
export function quarterOf(text: string): Quarter {
  const [, year, place] = QUARTER_PATTERN.exec(text)!
  return Number(year) * QUARTERS_PER_YEAR + Number(place) - 1
}

export function quarterText(quarter: Quarter): string {
  return `${yearOf(quarter)}-Q${(quarter % QUARTERS_PER_YEAR) + 1}`
}

export function yearOf(quarter: Quarter): number {
  return Math.floor(quarter / QUARTERS_PER_YEAR)
}

/** The month in which it ends, as price lists have dates. */
export function monthOf(quarter: Quarter): string {
  const month = (quarter % QUARTERS_PER_YEAR) * 3 + 3
  return `${yearOf(quarter)}-${String(month).padStart(2, '0')}`
}

/** Below 0 where the second comes first. */
export function yearsBetween(from: Quarter, to: Quarter): number {
  return (to - from) / QUARTERS_PER_YEAR
}

/** Whole quarters in some years, at least one. */
export function quartersIn(years: number): number {
  return Math.max(1, Math.round(years * QUARTERS_PER_YEAR))
}

/** From the first to the last. */
export function quartersFrom(first: Quarter, last: Quarter): Quarter[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
