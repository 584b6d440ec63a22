/** Where an edge goes. */
export interface Arc {
  readonly from: number
  readonly to: number
}

/** Below this share of what an edge carries, what is left of its capacity is rounding. */
const ROUNDING = 1e-12

/**
 * A flow through numbered places that grows to a maximum by Dinic's algorithm (1970): along shortest ways, all of a
 * length at once. Capacities may be widened between two searches, and the flow goes on from where it was.
 *
 * Edge e has its flow forward at arc 2e, and what may be taken back at arc 2e + 1.
 */
export class FlowNetwork {
  /** What an arc still takes. */
  readonly #left: Float64Array
  readonly #flow: Float64Array
  readonly #head: Int32Array
  /** By place, the arcs that leave it. */
  readonly #leaving: readonly number[][]
  /** Arcs on a shortest way from the source; -1 where there is none. */
  readonly #distance: Int32Array
  /** By place, how many of its arcs are known to lead nowhere. */
  readonly #tried: Int32Array

  /** Without capacity as yet. */
  constructor(places: number, arcs: readonly Arc[]) {
    this.#left = new Float64Array(2 * arcs.length)
    this.#flow = new Float64Array(arcs.length)
    this.#head = new Int32Array(2 * arcs.length)
    this.#leaving = Array.from({ length: places }, () => [])
    this.#distance = new Int32Array(places)
    this.#tried = new Int32Array(places)
    arcs.forEach(({ from, to }, edge) => {
      this.#leaving[from].push(2 * edge)
      this.#leaving[to].push(2 * edge + 1)
      this.#head[2 * edge] = to
      this.#head[2 * edge + 1] = from
    })
  }

  /** Sets what an edge takes in all, no less than it carries. */
  widen(edge: number, capacity: number): void {
    const flow = this.#flow[edge]
    const left = capacity - flow
    this.#left[2 * edge] = left > ROUNDING * flow ? left : 0
  }

  /** Grows the flow until no more can go from the one place to the other. */
  augment(source: number, sink: number): void {
    while (this.#reaches(source, sink)) {
      this.#tried.fill(0)
      while (this.#push(source, sink, Number.POSITIVE_INFINITY) > 0);
    }
  }

  /** By edge. */
  flows(): Float64Array {
    return this.#flow.slice()
  }

  #reaches(source: number, sink: number): boolean {
    this.#distance.fill(-1)
    this.#distance[source] = 0
    const queue = [source]
    for (const place of queue) {
      for (const arc of this.#leaving[place]) {
        const next = this.#head[arc]
        if (this.#left[arc] === 0 || this.#distance[next] >= 0) continue
        this.#distance[next] = this.#distance[place] + 1
        queue.push(next)
      }
    }
    return this.#distance[sink] >= 0
  }

  /** Sends what fits along one shortest way. @returns how much */
  #push(place: number, sink: number, most: number): number {
    if (place === sink) return most
    const arcs = this.#leaving[place]
    for (; this.#tried[place] < arcs.length; this.#tried[place]++) {
      const arc = arcs[this.#tried[place]]
      const next = this.#head[arc]
      if (this.#left[arc] === 0 || this.#distance[next] !== this.#distance[place] + 1) continue
      const sent = this.#push(next, sink, Math.min(most, this.#left[arc]))
      if (sent === 0) continue
      this.#send(arc, sent)
      return sent
    }
    return 0
  }

  #send(arc: number, amount: number): void {
    this.#left[arc] = this.#left[arc] === amount ? 0 : this.#left[arc] - amount
    this.#left[arc ^ 1] += amount
    this.#flow[arc >> 1] += arc % 2 === 0 ? amount : -amount
  }
}
