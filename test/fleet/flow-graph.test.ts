import { describe, expect, it } from 'vitest'
import { flowGraph } from '../../src/fleet/flow-graph.ts'
import type { Site } from '../../src/links/contract.ts'
import { Topology } from '../../src/links/topology.ts'
import type { Replica } from '../../src/replicas/replica.ts'
import type { FlowGraph, Role } from '../../src/routing/contract.ts'
import { evenMaxFlow } from '../../src/routing/even-flow.ts'

const KV_BYTES = 2
const MEAN_INPUT_TOKENS = 50
const BYTES_PER_REQUEST = KV_BYTES * MEAN_INPUT_TOKENS

const nic = (requestsPerS: number, deviceRequestsPerS = Number.POSITIVE_INFINITY) => ({
  bytesPerS: requestsPerS * BYTES_PER_REQUEST,
  deviceBytesPerS: deviceRequestsPerS * BYTES_PER_REQUEST,
  latencyS: 0,
})

/** Node 0 sends at most 6 requests a second, node 1 any number by a fabric, node 2 takes at most 4. */
const topology = new Topology({
  nodes: [
    { name: 'a', islands: 1, nic: nic(6, 2) },
    { name: 'b', islands: 1, nic: nic(1000), fabric: nic(1000) },
    { name: 'c', islands: 1, nic: nic(4) },
    { name: 'lone', islands: 1 },
  ],
})

function replica(id: number, role: Role, requestsPerS: number, modelId?: number): Replica {
  const kind = {
    saturationRequestsPerS: requestsPerS,
    kvBytesPerToken: KV_BYTES,
    ...(role === 'both' ? {} : { role }),
    ...(modelId === undefined ? {} : { modelId }),
  }
  return { id, kind } as unknown as Replica
}

const at = (node: number, devices = 8): Site => ({ node, island: node, devices })

function flows(graph: FlowGraph | undefined): number[] {
  const flow = evenMaxFlow(graph!)
  return graph!.into.map(edges => edges.reduce((sum, edge) => sum + flow[edge], 0))
}

/** What comes to the replicas that a policy of one side chooses from. */
function through(replicas: readonly Replica[], places: readonly Site[], meanInputTokens?: number) {
  const parts = { replicas, places, topology, meanInputTokens }
  return {
    entry: flows(
      flowGraph(
        parts,
        replicas.filter(({ kind }) => kind.role !== 'decode'),
      ),
    ),
    decode: flows(
      flowGraph(
        parts,
        replicas.filter(({ kind }) => kind.role !== 'prefill'),
      ),
    ),
  }
}

describe('the flow through a fleet that hands over', () => {
  it('is bounded by the link out, which the replicas of a node share', () => {
    const replicas = [replica(0, 'prefill', 10), replica(1, 'prefill', 10), replica(2, 'decode', 100)]
    const { entry, decode } = through(replicas, [at(0), at(0), at(1)], MEAN_INPUT_TOKENS)
    expect(entry[0] + entry[1]).toBeCloseTo(6, 9)
    expect(Math.abs(entry[0] - entry[1])).toBeLessThan(10 / 16)
    expect(decode).toEqual([expect.closeTo(6, 9)])
  })

  it('is bounded by the devices of a replica at the end of its link', () => {
    const replicas = [replica(0, 'prefill', 10), replica(1, 'decode', 100)]
    expect(through(replicas, [at(0, 1), at(1)], MEAN_INPUT_TOKENS).entry).toEqual([2])
  })

  it('is bounded by the link in, and goes on to readers behind others', () => {
    const replicas = [replica(0, 'prefill', 20), replica(1, 'decode', 3), replica(2, 'decode', 50)]
    const { entry, decode } = through(replicas, [at(1), at(1), at(2)], MEAN_INPUT_TOKENS)
    expect(entry).toEqual([expect.closeTo(7, 9)])
    expect(decode).toEqual([expect.closeTo(3, 9), expect.closeTo(4, 9)])
  })

  it('is not bounded by links where prompts are of no known length', () => {
    const replicas = [replica(0, 'prefill', 10), replica(1, 'decode', 8)]
    expect(through(replicas, [at(0), at(2)]).entry).toEqual([8])
  })

  it('shares the rate of a replica that does both between what comes and what is handed over', () => {
    const replicas = [replica(0, 'prefill', 2), replica(1, 'both', 8)]
    const { entry, decode } = through(replicas, [at(1), at(1)], MEAN_INPUT_TOKENS)
    expect(entry[0] + entry[1]).toBeCloseTo(8, 9)
    expect(decode[0]).toBeCloseTo(entry[0], 9)
  })

  it('goes round what no known link leads to', () => {
    const replicas = [replica(0, 'prefill', 5), replica(1, 'decode', 9), replica(2, 'decode', 1)]
    expect(through(replicas, [at(1), at(3), at(1)], MEAN_INPUT_TOKENS).entry).toEqual([expect.closeTo(1, 9)])
  })

  it('is of one model, and is asked for only where its requests are handed over', () => {
    const replicas = [replica(0, 'prefill', 5, 0), replica(1, 'decode', 4, 0), replica(2, 'both', 9, 1)]
    const parts = { replicas, places: [at(1), at(1), at(1)], topology }
    expect(flows(flowGraph(parts, [replicas[0]]))).toEqual([4])
    expect(flowGraph(parts, [replicas[2]])).toBeUndefined()
  })
})
