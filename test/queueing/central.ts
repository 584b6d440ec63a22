import type { PolicyEntry } from '../../src/routing/registry.ts'

/** Erlang's C: the share of customers that wait for one of `servers`. */
export function erlangC(servers: number, load: number): number {
  const offered = servers * load
  let blocked = 1
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked)
  return blocked / (1 - load * (1 - blocked))
}

/** Sends each request where the work left is least, knowing what each will take: as good as one queue for all. */
export function leastWorkLeft(tokenS: number): PolicyEntry {
  return {
    about: 'least work left',
    make: ({ cluster }) => {
      const freeS = new Float64Array(cluster.replicas)
      return (request, { nowS }) => {
        const replica = freeS.indexOf(freeS.reduce((least, timeS) => Math.min(least, timeS), Infinity))
        freeS[replica] = Math.max(freeS[replica], nowS) + request.inputTokens * tokenS
        return replica
      }
    },
  }
}
