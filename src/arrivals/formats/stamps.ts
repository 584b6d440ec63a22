/** Times are counted in whole ticks of 100 ns, the finest that stamps of the known formats say. */
export const TICKS_PER_S = 1e7
const TICKS_PER_DAY = 86_400 * TICKS_PER_S
export const MOST_DECIMALS = 7

const SPACE = 32
const DASH = 45
const DOT = 46
const ZERO = 48
const COLON = 58
const T = 84

/** Reads date and clock out of bytes: YYYY-MM-DD HH:MM:SS, then a fraction or none, then nothing, Z or +00:00. */
export class StampReader {
  /** Ticks from midnight before the first stamp. */
  ticks = 0
  #date = -1
  #dayTicks = 0
  #firstDay = Number.NaN

  /** Gives the place behind the stamp at `at`, or -1 if there is none. */
  read(bytes: Uint8Array, at: number): number {
    const seconds = secondsOfDay(bytes, at + 11)
    const between = bytes[at + 10]
    if (!(seconds >= 0 && (between === SPACE || between === T) && this.#day(bytes, at))) return -1
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

/** Whether the whole text is a stamp. */
export function isStamp(text: string): boolean {
  const bytes = new TextEncoder().encode(`${text}\n`)
  return new StampReader().read(bytes, 0) === bytes.length - 1
}

/** Seconds from 1970 of a stamp. */
export function secondsOf(stamp: string): number {
  const day =
    Date.UTC(Number(stamp.slice(0, 4)), Number(stamp.slice(5, 7)) - 1, Number(stamp.slice(8, 10))) / 1000
  const reader = new StampReader()
  reader.read(new TextEncoder().encode(`${stamp}\n`), 0)
  return day + reader.ticks / TICKS_PER_S
}
