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

/** How a transfer goes from one place to another. */
export interface Way {
  /** Numbers of its first link and of its last; the same where there is one. */
  readonly entry: number
  readonly exit: number
  /** Of a transfer that has its links to itself: each end sends or takes as fast as its own devices can. */
  readonly bytesPerS: number
  /** Before the first byte: of every link on the way, one after another. */
  readonly latencyS: number
}

/** Where a network adds, by request, the seconds that transfers take from sending to landing, and would take alone. */
export interface TransferBooks {
  readonly transferS: Column
  readonly transferAloneS: Column
}
