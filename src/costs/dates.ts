import { UserError } from '../core/errors.ts'

/** A date as price lists give it. */
export const DATE_PATTERN = /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?$/

/** Average days of a year of the calendar. */
export const DAYS_PER_YEAR = 365.2425

const DAY_MS = 86_400_000

/** Days since 1970 of the first day of a year, a month or a day. Throws a UserError where it is no date. */
export function firstDay(date: string, where: string): number {
  const [year, month = 1, day = 1] = partsOf(date, where)
  return dayNumber(year, month, day)
}

/** Days since 1970 of the day after the last of a year, a month or a day. Throws a UserError where it is no date. */
export function dayAfter(date: string, where: string): number {
  const [year, month, day] = partsOf(date, where)
  if (month === undefined) return dayNumber(year + 1, 1, 1)
  return day === undefined ? dayNumber(year, month + 1, 1) : dayNumber(year, month, day) + 1
}

function partsOf(date: string, where: string): number[] {
  const parts = DATE_PATTERN.exec(date)
    ?.slice(1)
    .filter(part => part !== undefined)
    .map(Number)
  if (parts === undefined || !isInCalendar(parts)) {
    throw new UserError(`${where}: "${date}" is no date; must be like 2026, 2026-03 or 2026-03-31`)
  }
  return parts
}

function isInCalendar([year, month, day]: readonly number[]): boolean {
  return day === undefined || new Date(dayNumber(year, month, day) * DAY_MS).getUTCDate() === day
}

function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / DAY_MS
}
