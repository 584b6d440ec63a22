import { Presets, SingleBar } from 'cli-progress'
import type { Prepared } from '../experiments/prepare.ts'
import type { Entrant } from '../experiments/race.ts'
import { cleanedUp } from './interrupt.ts'

const SILENT_MS = 1000

/** About as many runs as a search for the load at the SLO takes. */
export const SEARCH_RUNS = 11

/** A bar on stderr for work that takes longer than a second, where someone is watching. */
export class Progress {
  readonly #total: number
  readonly #startMs = performance.now()
  #bar: SingleBar | undefined
  #end = () => {}

  constructor(total: number) {
    this.#total = total
  }

  show(done: number, what: string): void {
    if (!process.stderr.isTTY) return
    if (this.#bar === undefined && performance.now() - this.#startMs < SILENT_MS) return
    this.#bar ??= this.#start()
    this.#bar.update(Math.min(done, this.#total), { what })
  }

  stop(): void {
    this.#end()
  }

  #start(): SingleBar {
    const format = '{bar} {percentage} %  {what}'
    const options = { format, clearOnComplete: true, barsize: 30, hideCursor: true, gracefulExit: false }
    const bar = new SingleBar(options, Presets.shades_classic)
    bar.start(this.#total, 0, { what: '' })
    this.#end = cleanedUp(() => bar.stop())
    return bar
  }
}

/** Progress of races of the same entrants over the same workload, in requests. */
export class RaceProgress {
  readonly #progress: Progress
  readonly #requests: number
  readonly #entrants: readonly Entrant[]
  readonly #stances: readonly string[]

  constructor({ workload }: Prepared, entrants: readonly Entrant[], stances: readonly string[] = ['']) {
    this.#progress = new Progress(workload.requests * entrants.length * stances.length)
    this.#requests = workload.requests
    this.#entrants = entrants
    this.#stances = stances
  }

  /** For the race at that stance. */
  hook(stance = ''): (entrant: Entrant, arrived: number) => void {
    const races = this.#stances.indexOf(stance) * this.#entrants.length
    return (entrant, arrived) => {
      const runs = races + this.#entrants.indexOf(entrant)
      this.#progress.show(runs * this.#requests + arrived, `${entrant.label} ${stance}`)
    }
  }

  stop(): void {
    this.#progress.stop()
  }
}

const SHOW_EVERY = 1 << 18

/** A growing count on one line of stderr, for work whose end is not known, where someone is watching. */
export class CountLine {
  readonly #what: string
  #shown = 0

  /** @param what follows the count, such as `requests read` */
  constructor(what: string) {
    this.#what = what
  }

  show(count: number): void {
    if (!process.stderr.isTTY || count - this.#shown < SHOW_EVERY) return
    this.#shown = count
    process.stderr.write(`\r${count.toLocaleString('en')} ${this.#what}`)
  }

  end(): void {
    if (this.#shown > 0) process.stderr.write('\r\u001b[K')
    this.#shown = 0
  }
}
