import type { BatcherName } from '../batching/registry.ts'
import type { Basis } from '../costs/tariff.ts'
import type { Transformer } from '../latency/transformer.ts'

/** How far a number can be trusted, best first. A run's grade is the weakest of the facts it rests on. */
export const GRADES = ['measured', 'vendor', 'price list', 'paper', 'estimate'] as const
export type Grade = (typeof GRADES)[number]

/** A number from the catalogue with where it comes from. `low` and `high` bound what is not known well. */
export interface Fact {
  readonly value: number
  readonly grade: Grade
  /** Key into the file's `sources`. */
  readonly source: string
  readonly low?: number
  readonly high?: number
}

/** A list from the catalogue with where it comes from. */
export interface ListFact<T> {
  readonly value: T
  readonly grade: Grade
  /** Key into the file's `sources`. */
  readonly source: string
}

/** Which value a run takes for facts graded `estimate`: as given, or the end of the range that is worse or better. */
export type Stance = 'given' | 'pessimistic' | 'optimistic'

/** Weight, KV and compute number formats. */
export const DTYPES = ['bf16', 'fp8', 'int8', 'fp4'] as const
export type Dtype = (typeof DTYPES)[number]

/** Fixed cost and efficiencies of the matrix products in one number format. Efficiencies are fractions of peak. */
export interface GemmFacts {
  readonly fixedUs: Fact
  readonly compute: Fact
  readonly memory: Fact
}

/** One accelerator: peaks are dense, bandwidths per direction. */
export interface Device {
  readonly id: string
  readonly vendor: string
  readonly kind: 'gpu' | 'asic' | 'cpu' | 'edge'
  readonly year: number
  /** Ids of the engines that run on it. */
  readonly engines: readonly string[]
  /** What files of measurements call it. */
  readonly knownAs?: readonly string[]
  /** Dense peak in TFLOP/s (TOP/s) of each format the device computes in. */
  readonly peakTflops: Readonly<Partial<Record<Dtype, Fact>>>
  /** Formats the device cannot compute in but can hold weights in, and the one it computes them in. */
  readonly computesAs: Readonly<Partial<Record<Dtype, Dtype>>>
  /** Decimal GB that the runtime can reach; a little less than is soldered on. */
  readonly memoryGb: Fact
  readonly memoryGbPerS: Fact
  /** Scale-up link, one direction, GB/s; absent where a card has none. */
  readonly linkGbPerS?: Fact
  /** To other nodes, and to the host's memory, one direction, GB/s. */
  readonly nicGbPerS?: Fact
  readonly hostLinkGbPerS?: Fact
  /** Of every step whose inputs and results pass the host over PCIe, where the card has no scale-up link beside it. */
  readonly hostHopUs?: Fact
  /** Ids of the models that its software serves, or `any`; absent where that is not known: none is refused then. */
  readonly models?: ListFact<readonly string[]>
  readonly tdpW: Fact
  readonly idleW: Fact
  /** Street price of one; absent where nobody sells it. */
  readonly priceUsd?: Fact
  readonly operators: {
    readonly gemm: Readonly<Partial<Record<Dtype, GemmFacts>>>
    /** Causal attention of a prefill chunk: compute plus bytes. */
    readonly attentionPrefill: { readonly fixedUs: Fact; readonly compute: Fact; readonly memory: Fact }
    /** Attention of decodes by KV format: fixed + per sequence + KV bytes / bandwidth. */
    readonly attentionDecode: Readonly<
      Partial<Record<Dtype, { fixedUs: Fact; perSequenceUs: Fact; memory: Fact }>>
    >
    /** All-reduce inside the island, captured in a graph or launched eagerly. */
    readonly allReduce?: {
      readonly graphUs: Fact
      readonly eagerUs: Fact
      readonly hopUs: Fact
      readonly link: Fact
    }
    /** Collectives of the vendor's library inside the island (all-gather, reduce-scatter, all-to-all). */
    readonly collective?: { readonly fixedUs: Fact; readonly hopUs: Fact; readonly link: Fact }
    /** From one device to another of the island, as between the stages of a pipeline. */
    readonly sendReceive?: { readonly fixedUs: Fact; readonly link: Fact }
  }
  /** P/TDP = floor + memory * u_mem + compute * u_comp of a busy device. */
  readonly power: { readonly floor: Fact; readonly memory: Fact; readonly compute: Fact }
  readonly sources: Readonly<Record<string, string>>
}

/** A server or card host: the unit of power and price. */
export interface NodeKind {
  readonly id: string
  readonly device: string
  readonly devices: number
  /** Devices joined by one scale-up fabric; a replica's tensor parallelism stays inside. */
  readonly islandDevices: number
  /** Devices that a replica may have, where not every number will do: slices of a torus, parts of a ring. */
  readonly slices?: ListFact<readonly number[]>
  readonly hostIdleW: Fact
  readonly hostLoadW: Fact
  /** On demand. Absent where nobody rents it out: $ stays blank and cost-greedy refuses it. */
  readonly usdPerHour?: Fact
  /** Under contract for a year or more, or what the market of smaller clouds asks. */
  readonly reservedUsdPerHour?: Fact
  readonly capexUsd?: Fact
  /** Of CO2e that making it emitted; absent where nothing is known of its like. */
  readonly embodiedKg?: Fact
  /** Whose list its dated prices are on, by the name that price lists give it; absent where many rent it out. */
  readonly market?: string
  /** The whole node at the wall: serving a language model, and at most. */
  readonly typicalW?: Fact
  readonly maxW?: Fact
  readonly hostMemoryGb?: Fact
  /** To other nodes, all its adapters together, one direction, GB/s. */
  readonly nicGbPerS?: Fact
  /** From one node to another, to the first byte. */
  readonly nicUs?: Fact
  /** At which weights are read from the disk, or over the network from where they are kept. */
  readonly storageGbPerS?: Fact
  readonly sources: Readonly<Record<string, string>>
}

/** Layers that come with a model and propose the tokens after its own. */
export interface PredictionHead {
  readonly layers: number
  /** That at least 1, 2, ... of the tokens it proposes in a step are accepted; never rising. */
  readonly chances: readonly Fact[]
}

/** A decoder-only transformer. */
export interface LlmModel extends Transformer {
  readonly id: string
  /** What files of measurements call it. */
  readonly knownAs?: readonly string[]
  readonly maxContextTokens: number
  /** Absent where it has none, or where it is not known how well it proposes. */
  readonly predictionHead?: PredictionHead
  readonly sources: Readonly<Record<string, string>>
}

/** What a task without tokens does to its samples: ranking, vision, driving, speech, images. */
export const TASK_TYPES = ['recommendation', 'vision', 'driving', 'encoder', 'speech', 'diffusion'] as const

/** A model of the other inference work of a fleet: fixed work per sample, served in batches. */
export interface Task {
  readonly id: string
  readonly type: (typeof TASK_TYPES)[number]
  readonly parameters: Fact
  /** Absent where a sample has no one size. */
  readonly gflopsPerSample?: Fact
  /** Weights that every batch reads, in bf16; embedding tables are counted by what a sample reads of them. */
  readonly denseWeightMb: Fact
  readonly embeddingBytesPerSample: Fact
  readonly inputBytesPerSample?: Fact
  readonly sources: Readonly<Record<string, string>>
}

/** Least time of a layer that devices share: launches, exchanges and the host beside them, which longer ones hide. */
export interface LayerFloor {
  readonly layerUs: Fact
  /** For each sequence in the step, whether it decodes or its prompt is computed. */
  readonly sequenceUs: Fact
}

/** What the serving software adds to the hardware's time. */
export interface EngineFacts {
  /** Host time of every step. */
  readonly stepUs: Fact
  /** Time per layer of every step beyond the operators: host time, or launches of a compiled graph. */
  readonly layerUs: Fact
  /** Host time of every step per sequence in it: scheduling, sampling, detokenising. */
  readonly sequenceUs: Fact
  /** Routing and dispatch in each layer with experts. */
  readonly moeLayerUs: Fact
  /** On the time of matrix products with weights of a format, where the devices were measured with other kernels. */
  readonly gemmMultiplier?: Readonly<Partial<Record<Dtype, Fact>>>
  /** On the time of attention, for the same reason. */
  readonly attentionMultiplier?: Fact
  /** On the compute time of the products of experts, which are grouped. */
  readonly expertMultiplier?: Fact
  /** Further on the time to read the KV of decodes in a format. */
  readonly kvMultiplier?: Readonly<Partial<Record<Dtype, Fact>>>
  /** What a layer takes at least where devices share its attention; nothing where absent. */
  readonly floor?: LayerFloor
  /** On the time of matrix products and chunk attention of steps with prefill; at least 1. */
  readonly prefillMultiplier: Fact
  /** Front-end milliseconds of every request (tokenising, scheduling). */
  readonly frontEndMs: Fact
  /** Share of device memory the engine may use, as vLLM's gpu_memory_utilization. */
  readonly memoryUtilization: Fact
  /** Of that, decimal GB on each device that hold neither weights nor activations nor KV. */
  readonly runtimeGb: Fact
}

/**
 * Sizes that graphs are compiled for, ascending, each serving all up to it; or only the largest that there can be; or
 * as many as there are, without padding.
 */
export type Sizes = readonly number[] | 'largest' | 'exact'

/** What a stack that compiles its steps ahead of time has compiled, unless told otherwise. */
export interface CompiledFacts {
  /** Sequences of a decode step; no more than the last can run at once. */
  readonly batch: ListFact<Sizes>
  /** Context tokens that every sequence of a decode step is padded to. */
  readonly context: ListFact<Sizes>
  /** Tokens that a prefill chunk is padded to. */
  readonly prompt: ListFact<Sizes>
  /** Whether KV is paged; else that of the longest request is set apart for every one. */
  readonly paging: boolean
  /** Seconds to compile all graphs where none is kept from before. */
  readonly compileS: Fact
  /** Seconds to load compiled graphs and run each once. */
  readonly warmupS: Fact
  /** What a step takes longer where tokens are drawn on the host; absent where that is not known. */
  readonly hostSampling?: { readonly stepUs: Fact; readonly sequenceUs: Fact }
}

/** Tokens that a model's own head proposes in a step. */
export interface DraftTokens {
  /** Where all devices share the attention of a sequence. */
  readonly oneRank: Fact
  /** Where attention has ranks, each with sequences of its own. */
  readonly manyRanks: Fact
}

/** How an engine runs where nobody tells it otherwise. */
export interface EngineDefaults {
  readonly batcher: BatcherName
  /** Most tokens in a step, and most requests that run at once. */
  readonly tokenBudget: Fact
  readonly maxSequences: Fact
  /** Whether a request runs only once the KV of its whole output is set apart. */
  readonly reservesOutput: boolean
  /** Absent where that is not known. */
  readonly draftTokens?: DraftTokens
}

/** What is special about an engine on a device. */
export interface EngineOnDevice extends Partial<EngineFacts> {
  readonly compiled?: CompiledFacts
}

/** Serving software. */
export interface Engine extends EngineFacts {
  readonly id: string
  /** What files of measurements call it, by the beginnings of the names. */
  readonly knownAs?: readonly string[]
  /**
   * Steps are captured in a graph, so that host and device times add up; or launched kernel by kernel, so that they
   * overlap, and an all-reduce costs a launch.
   */
  readonly graphs: boolean
  /** Tokens in a KV block. */
  readonly blockTokens: number
  /** Name of the order in memory that it keeps KV in; its own where absent. */
  readonly kvLayout?: string
  /** Of an engine that compiles its steps; absent where that is not known. */
  readonly compiled?: CompiledFacts
  /** What its facts were fitted on end to end: `device model weights`, so that reports can tell what is new to it. */
  readonly fittedOn?: readonly string[]
  /** Absent where they are not known. */
  readonly defaults?: EngineDefaults
  /** Facts that differ on a device, by its id. */
  readonly onDevice?: Readonly<Record<string, EngineOnDevice>>
  readonly sources: Readonly<Record<string, string>>
}

/** Where the fleet stands. */
export interface Region {
  readonly id: string
  /** Yearly mean grid intensity. */
  readonly gramsPerKwh: Fact
  /** 24 factors on the mean by local hour, mean 1; absent for a flat grid. */
  readonly hourlyShape?: readonly number[]
  readonly usdPerKwh?: Fact
  /** 24 factors on the tariff by local hour, mean 1; absent where it is the same at all hours. */
  readonly usdHourlyShape?: readonly number[]
  readonly sources: Readonly<Record<string, string>>
}

/** What a device cost by the hour from a date on. */
export interface DatedPrice {
  /** A year, a month or a day. */
  readonly date: string
  /** Whose list it is, or of which quotes it is the index. */
  readonly market: string
  readonly basis: Exclude<Basis, 'owned'>
  readonly usdPerDeviceHour: Fact
}

/** The dated prices of a device. */
export interface PriceList {
  readonly id: string
  readonly device: string
  readonly points: readonly DatedPrice[]
  /** How its price moves, as `Reversion` in costs/mean-reverting.ts says; absent where nobody judged. */
  readonly annualLogSd?: Fact
  readonly halfLifeYears?: Fact
  readonly sources: Readonly<Record<string, string>>
}

/** On which terms somebody owns nodes: `Ownership` in costs/owning.ts, as facts. */
export interface Owner {
  readonly id: string
  /** Of a node's `capexUsd` that it pays. */
  readonly priceShare: Fact
  readonly depreciationYears: Fact
  /** Of what it paid, what a node fetches then. */
  readonly residualShare: Fact
  /** A year. */
  readonly costOfCapital: Fact
  /** Network, storage and management bought with nodes, in units of what these cost. */
  readonly networkShare: Fact
  /** A year, of what was bought. */
  readonly maintenanceShare: Fact
  /** Of power and cooling set aside, energy apart. */
  readonly colocationUsdPerKwMonth: Fact
  readonly pue: Fact
  readonly sources: Readonly<Record<string, string>>
}

/** All catalogue entries by id. */
export interface Catalogue {
  readonly devices: ReadonlyMap<string, Device>
  readonly nodes: ReadonlyMap<string, NodeKind>
  readonly models: ReadonlyMap<string, LlmModel>
  readonly tasks: ReadonlyMap<string, Task>
  readonly engines: ReadonlyMap<string, Engine>
  readonly regions: ReadonlyMap<string, Region>
  readonly prices: ReadonlyMap<string, PriceList>
  readonly owners: ReadonlyMap<string, Owner>
}
