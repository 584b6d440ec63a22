import type { Column } from '../requests/column.ts'

/** One way that bytes take, and that transfers share. */
export interface LinkSpec {
  /** What it carries in one direction, all transfers together. */
  readonly bytesPerS: number
  /** Most of it that one device at either end can use; a transfer alone may use all of it where absent. */
  readonly deviceBytesPerS?: number
  /** From sending to the first byte. */
  readonly latencyS: number
}

/** The links of a node. An absent one is either not there or not known: whoever needs it is refused. */
export interface NodeLinks {
  /** What messages and results call the node. */
  readonly name: string
  readonly islands: number
  /** Inside an island; every island of the node has its own. */
  readonly fabric?: LinkSpec
  /** Through the host's memory: between islands, and inside an island without a fabric. */
  readonly host?: LinkSpec
  /** To other nodes, all adapters together. Out and in are two links of these figures. */
  readonly nic?: LinkSpec
}

/** The links of a fleet, node by node. */
export interface NetworkSpec {
  readonly nodes: readonly NodeLinks[]
}

/** Where the KV of a replica is: for one that spans several islands, the first of them. */
export interface Site {
  /** Index into the network's nodes. */
  readonly node: number
  /** Number in the fleet, where islands are counted node by node. */
  readonly island: number
  /** How many devices the replica has. */
  readonly devices: number
}

/** What a link has done up to now, in all. */
export interface LinkFigures {
  readonly bytes: number
  /** With at least one transfer on it. */
  readonly busyS: number
  /** Transfers on it, integrated over time: divided by `busyS`, how many shared it. */
  readonly transferS: number
}

/** Where a network adds, by request, the seconds that transfers take from sending to landing, and would take alone. */
export interface TransferBooks {
  readonly transferS: Column
  readonly transferAloneS: Column
}
