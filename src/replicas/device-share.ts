import { type Calendar, ENDS } from '../core/calendar.ts'
import type { Actor } from '../core/loop.ts'

/** A replica as those on the same devices know it. */
export interface Tenant {
  readonly id: number
  /** Its weights leave the devices now, or come. */
  unload(): void
  load(): void
  /** Its weights are there: it may run. */
  /** @returns whether anybody waits there */
  resume(): boolean
}

/**
 * Devices that replicas of different models share: the weights of one are loaded, and only that one runs. It goes when
 * it has nothing to run and another waits; once others have waited longer than their patience it takes nothing more in,
 * so that it comes to that, but for what waits there when it has been loaded: whoever is loaded gets something done. Of
 * those that wait the one goes first that has waited longest. The first is loaded to begin with.
 *
 * The actor's slot is the end of a load.
 */
export class DeviceShare implements Actor {
  /** Events spent on it. */
  events = 0
  readonly #actor: number
  readonly #calendar: Calendar
  readonly #patienceS: number
  readonly #loadS = new Map<number, number>()
  readonly #tenants = new Map<number, Tenant>()
  /** When each that waits began to. */
  readonly #waitsFromS = new Map<number, number>()
  #loaded = -1
  #isLoading = false
  #isResting = true
  /** When the weights of the loaded one were there. */
  #loadedS = Number.NEGATIVE_INFINITY

  constructor(actor: number, calendar: Calendar, patienceS: number) {
    this.#actor = actor
    this.#calendar = calendar
    this.#patienceS = patienceS
  }

  /** @param loadS seconds that its weights take to come */
  add(tenant: Tenant, loadS: number): void {
    this.#tenants.set(tenant.id, tenant)
    this.#loadS.set(tenant.id, loadS)
    if (this.#loaded < 0) this.#loaded = tenant.id
    else tenant.unload()
  }

  /** Whether the replica may run now; if not, it will be told when. */
  mayRun(id: number): boolean {
    if (id === this.#loaded && !this.#isLoading) {
      this.#waitsFromS.delete(id)
      this.#isResting = false
      return true
    }
    this.waits(id)
    if (this.#isResting) this.#switch()
    return false
  }

  /** The replica has work that it cannot do now. */
  waits(id: number): void {
    if (!this.#waitsFromS.has(id)) this.#waitsFromS.set(id, this.#calendar.clock[0])
  }

  /** Whoever waited there has been given up. */
  waitsNoMore(id: number): void {
    if (!this.#waitsFromS.delete(id) || this.#isLoading) return
    // Whoever runs may take in more again.
    this.#tenants.get(this.#loaded)!.resume()
  }

  /** The replica has nothing to run now. */
  rests(): void {
    this.#isResting = true
    this.#switch()
  }

  /** Whether the one that runs is to take nothing more in. */
  get isClosed(): boolean {
    const nowS = this.#calendar.clock[0]
    if (nowS === this.#loadedS) return false
    const latestS = nowS - this.#patienceS
    for (const [id, sinceS] of this.#waitsFromS) if (id !== this.#loaded && sinceS <= latestS) return true
    return false
  }

  act(): void {
    this.events++
    this.#isLoading = false
    this.#isResting = false
    this.#loadedS = this.#calendar.clock[0]
    this.#calendar.sleep(this.#actor)
    if (!this.#tenants.get(this.#loaded)!.resume()) this.rests()
  }

  #switch(): void {
    if (this.#isLoading) return
    const next = this.#longestWaiting()
    if (next < 0) return
    this.#tenants.get(this.#loaded)!.unload()
    this.#loaded = next
    this.#isLoading = true
    this.#waitsFromS.delete(next)
    this.#tenants.get(next)!.load()
    this.#calendar.schedule(this.#actor, this.#calendar.clock[0] + this.#loadS.get(next)!, ENDS)
  }

  /** Of those that are not loaded; -1 where none waits. Of equals the one that came first. */
  #longestWaiting(): number {
    let longest = -1
    let fromS = Number.POSITIVE_INFINITY
    for (const [id, sinceS] of this.#waitsFromS) {
      if (id === this.#loaded || sinceS >= fromS) continue
      longest = id
      fromS = sinceS
    }
    return longest
  }
}
