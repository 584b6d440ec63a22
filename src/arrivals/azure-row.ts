/** What a column of the file is for. */
export const SKIP = 0
export const TIME = 1
export const INPUT = 2
export const OUTPUT = 3
export type Role = typeof SKIP | typeof TIME | typeof INPUT | typeof OUTPUT

/** Times are counted in whole ticks of 100 ns, the finest the format can say. */
export const TICKS_PER_S = 1e7
const TICKS_PER_DAY = 86_400 * TICKS_PER_S
const MOST_DECIMALS = 7
const MOST_TOKENS = 2 ** 31 - 1

const NEWLINE = 10
const RETURN = 13
const COMMA = 44
const DASH = 45
const DOT = 46
const ZERO = 48
const COLON = 58

/** Reads rows of numbers out of bytes in one pass; which column is which is settled once, by the header. */
export class RowReader {
  /** Ticks from midnight before the first row. */
  ticks = 0
  inputTokens = 0
  outputTokens = 0
  readonly #roles: readonly Role[]
  #date = -1
  #dayTicks = 0
  #firstDay = Number.NaN

  constructor(roles: readonly Role[]) {
    this.#roles = roles
  }

  /** Reads the row at `at` and gives the place behind its newline, or -1 if anything is wrong with it. */
  read(bytes: Uint8Array, at: number): number {
    const roles = this.#roles
    const last = roles.length - 1
    let place = at
    for (let column = 0; column <= last && place >= 0; column++) {
      place = this.#field(roles[column], bytes, place)
      if (column < last) place = bytes[place] === COMMA ? place + 1 : -1
    }
    if (bytes[place] === RETURN) place++
    return bytes[place] === NEWLINE ? place + 1 : -1
  }

  #field(role: Role, bytes: Uint8Array, at: number): number {
    switch (role) {
      case TIME:
        return this.#time(bytes, at)
      case INPUT:
        return this.#tokens(bytes, at, true)
      case OUTPUT:
        return this.#tokens(bytes, at, false)
      default:
        return skipped(bytes, at)
    }
  }

  #tokens(bytes: Uint8Array, at: number, input: boolean): number {
    let place = at
    let tokens = 0
    for (let digit = bytes[place] - ZERO; digit >= 0 && digit <= 9; digit = bytes[++place] - ZERO) {
      tokens = 10 * tokens + digit
    }
    if (tokens < 1 || tokens > MOST_TOKENS) return -1
    if (input) this.inputTokens = tokens
    else this.outputTokens = tokens
    return place
  }

  /** YYYY-MM-DD HH:MM:SS, then a fraction or none, then nothing, Z or +00:00. */
  #time(bytes: Uint8Array, at: number): number {
    const seconds = secondsOfDay(bytes, at + 11)
    const between = bytes[at + 10]
    if (!(seconds >= 0 && (between === 32 || between === 84) && this.#day(bytes, at))) return -1
    let place = at + 19
    let fraction = 0
    if (bytes[place] === DOT) {
      const from = ++place
      for (let digit = bytes[place] - ZERO; digit >= 0 && digit <= 9; digit = bytes[++place] - ZERO) {
        fraction = 10 * fraction + digit
      }
      const decimals = place - from
      if (decimals === 0 || decimals > MOST_DECIMALS) return -1
      for (let left = decimals; left < MOST_DECIMALS; left++) fraction *= 10
    }
    this.ticks = this.#dayTicks + seconds * TICKS_PER_S + fraction
    return behindZone(bytes, place)
  }

  #day(bytes: Uint8Array, at: number): boolean {
    if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return false
    const year = 100 * twoDigits(bytes, at) + twoDigits(bytes, at + 2)
    const date = 10_000 * year + 100 * twoDigits(bytes, at + 5) + twoDigits(bytes, at + 8)
    return date === this.#date || this.#newDay(date)
  }

  #newDay(date: number): boolean {
    const year = Math.floor(date / 10_000)
    const month = Math.floor(date / 100) % 100
    const day = date % 100
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return false
    const number = Date.UTC(year, month - 1, day) / 86_400_000
    if (Number.isNaN(this.#firstDay)) this.#firstDay = number
    this.#date = date
    this.#dayTicks = (number - this.#firstDay) * TICKS_PER_DAY
    return true
  }
}

/** NaN where there are no two digits, which fails every comparison that follows. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - ZERO
  const ones = bytes[at + 1] - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN
}

/** Seconds of HH:MM:SS, or NaN. */
function secondsOfDay(bytes: Uint8Array, at: number): number {
  const hours = twoDigits(bytes, at)
  const minutes = twoDigits(bytes, at + 3)
  const seconds = twoDigits(bytes, at + 6)
  const clock = hours <= 23 && minutes <= 59 && seconds <= 59
  const colons = bytes[at + 2] === COLON && bytes[at + 5] === COLON
  return clock && colons ? 3600 * hours + 60 * minutes + seconds : Number.NaN
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function behindZone(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 90) return at + 1
  if (bytes[at] !== 43) return at
  for (let i = 1; i < 6; i++) if (bytes[at + i] !== (i === 3 ? COLON : ZERO)) return -1
  return at + 6
}

function skipped(bytes: Uint8Array, at: number): number {
  let place = at
  while (bytes[place] !== COMMA && bytes[place] !== NEWLINE && bytes[place] !== RETURN) place++
  return place
}

/**
 * Says in words what is wrong with a row that `RowReader` refused.
 *
 * @param header names of the columns
 * @param roles what each column is for
 */
export function mistakeIn(line: string, header: readonly string[], roles: readonly Role[]): string {
  const fields = line.split(',')
  if (fields.length !== header.length) {
    return `has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}; must have ${header.length} (${header})`
  }
  for (const [column, role] of roles.entries()) {
    if (role === SKIP) continue
    const mistake = role === TIME ? mistakeInTime(fields[column]) : mistakeInTokens(fields[column])
    if (mistake) return `${header[column]} is ${mistake}`
  }
  return `is malformed: ${JSON.stringify(line)}`
}

function mistakeInTokens(field: string): string | undefined {
  const shown = /^[-+]?\d+(\.\d+)?$/.test(field) ? field : JSON.stringify(field)
  if (!/^\d+$/.test(field) || Number(field) < 1) return `${shown}; must be a whole number >= 1`
  if (Number(field) > MOST_TOKENS) return `${shown}; must be a whole number <= ${MOST_TOKENS}`
  return undefined
}

function mistakeInTime(field: string): string | undefined {
  const bytes = new TextEncoder().encode(`${field}\n`)
  if (new RowReader([TIME]).read(bytes, 0) === bytes.length) return undefined
  const form = `YYYY-MM-DD HH:MM:SS with at most ${MOST_DECIMALS} decimals, in UTC`
  return `${JSON.stringify(field)}; must be ${form}`
}
