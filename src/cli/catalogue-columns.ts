import { marketsOf } from '../costs/price-history.ts'
import { ONE_STAGE } from '../latency/layout.ts'
import { weightBytes } from '../latency/products.ts'
import { kvBytesPerToken } from '../latency/transformer.ts'
import { type CatalogueKind, factsIn } from '../scenario/entries.ts'
import {
  type Catalogue,
  type DatedPrice,
  type Device,
  DTYPES,
  type Fact,
  GRADES,
  type Grade,
  type LlmModel,
} from '../scenario/facts.ts'

export type EntryOf<K extends CatalogueKind> =
  Catalogue[K] extends ReadonlyMap<string, infer Entry> ? Entry : never
export type Entry = EntryOf<CatalogueKind>

/** What a cell holds; undefined where it is not known. */
export type CellValue = Fact | number | string | undefined

/** A column of the table of one kind's entries. */
export interface EntryColumn<E> {
  /** In CSV and in filters. */
  readonly name: string
  /** In the table, lines broken by \n. */
  readonly heading: string
  readonly value: (entry: E, catalogue: Catalogue) => CellValue
}

/** The columns of each kind; the first is the id. `grade` is what `--grade` asks about. */
export const entryColumns = {
  devices: [
    { name: 'id', heading: '\ndevice', value: ({ id }) => id },
    { name: 'vendor', heading: '\nvendor', value: ({ vendor }) => vendor },
    { name: 'kind', heading: '\nkind', value: ({ kind }) => kind },
    { name: 'year', heading: '\nyear', value: ({ year }) => year },
    { name: 'memory_gb', heading: 'memory\nGB', value: ({ memoryGb }) => memoryGb },
    { name: 'memory_gb_per_s', heading: '\nGB/s', value: ({ memoryGbPerS }) => memoryGbPerS },
    ...DTYPES.map((dtype, index) => ({
      name: `${dtype}_tflops`,
      heading: `${index === 0 ? 'TFLOP/s' : ''}\n${dtype}`,
      value: ({ peakTflops }: Device) => peakTflops[dtype],
    })),
    { name: 'link_gb_per_s', heading: 'link\nGB/s', value: ({ linkGbPerS }) => linkGbPerS },
    { name: 'tdp_w', heading: 'TDP\nW', value: ({ tdpW }) => tdpW },
    { name: 'price_usd', heading: '\n$', value: ({ priceUsd }) => priceUsd },
    { name: 'grade', heading: 'kernels:\nbf16', value: device => weakest(baseKernels(device)) },
    { name: 'measured', heading: '\nmeasured', value: measuredShare },
  ],
  nodes: [
    { name: 'id', heading: '\nnode', value: ({ id }) => id },
    { name: 'device', heading: '\ndevice', value: ({ device }) => device },
    { name: 'devices', heading: 'devi-\nces', value: ({ devices }) => devices },
    { name: 'island_devices', heading: 'of an\nisland', value: ({ islandDevices }) => islandDevices },
    { name: 'usd_per_hour', heading: '$/h on\ndemand', value: ({ usdPerHour }) => usdPerHour },
    { name: 'reserved_usd_per_hour', heading: '\nreserved', value: node => node.reservedUsdPerHour },
    { name: 'capex_usd', heading: 'to buy\n$', value: ({ capexUsd }) => capexUsd },
    { name: 'host_idle_w', heading: 'host W\nidle', value: ({ hostIdleW }) => hostIdleW },
    { name: 'host_load_w', heading: '\nbusy', value: ({ hostLoadW }) => hostLoadW },
    { name: 'typical_w', heading: 'all W\ntypical', value: ({ typicalW }) => typicalW },
    { name: 'max_w', heading: '\nmax', value: ({ maxW }) => maxW },
    { name: 'host_memory_gb', heading: 'host\nGB', value: ({ hostMemoryGb }) => hostMemoryGb },
    { name: 'nic_gb_per_s', heading: 'network\nGB/s', value: ({ nicGbPerS }) => nicGbPerS },
    { name: 'grade', heading: 'weakest\ngrade', value: weakestOf },
  ],
  models: [
    { name: 'id', heading: '\nmodel', value: ({ id }) => id },
    { name: 'parameters_b', heading: '10^9 para-\nmeters', value: model => billions(model) },
    { name: 'active_b', heading: 'a token\nuses', value: model => billions(ofOneToken(model)) },
    { name: 'layers', heading: '\nlayers', value: ({ layers }) => layers },
    { name: 'hidden', heading: '\nhidden', value: ({ hidden }) => hidden },
    { name: 'heads', heading: '\nheads', value: ({ heads }) => heads },
    { name: 'kv_heads', heading: 'KV\nheads', value: ({ mla, kvHeads }) => (mla ? 'latent' : kvHeads) },
    { name: 'experts', heading: '\nexperts', value: ({ moe }) => moe?.experts },
    { name: 'experts_per_token', heading: 'of them\nused', value: ({ moe }) => moe?.expertsPerToken },
    { name: 'window_tokens', heading: 'window,\ntokens', value: ({ window }) => window?.tokens },
    { name: 'window_layers', heading: 'in\nlayers', value: ({ window }) => window?.layers },
    { name: 'kv_bytes_per_token', heading: 'bf16 KV\nbytes/token', value: kvBytes },
    { name: 'max_context_tokens', heading: 'longest\ncontext', value: model => model.maxContextTokens },
  ],
  tasks: [
    { name: 'id', heading: '\ntask', value: ({ id }) => id },
    { name: 'type', heading: '\ntype', value: ({ type }) => type },
    { name: 'parameters', heading: '\nparameters', value: ({ parameters }) => parameters },
    { name: 'gflops', heading: 'a sample:\nGFLOP', value: ({ gflopsPerSample }) => gflopsPerSample },
    { name: 'embedding_bytes', heading: 'embedding\nbytes', value: task => task.embeddingBytesPerSample },
    { name: 'input_bytes', heading: 'input\nbytes', value: ({ inputBytesPerSample }) => inputBytesPerSample },
    { name: 'dense_weight_mb', heading: 'dense\nweights MB', value: ({ denseWeightMb }) => denseWeightMb },
    { name: 'grade', heading: 'weakest\ngrade', value: weakestOf },
  ],
  engines: [
    { name: 'id', heading: '\nengine', value: ({ id }) => id },
    { name: 'graphs', heading: '\ngraphs', value: ({ graphs }) => (graphs ? 'yes' : 'no') },
    { name: 'step_us', heading: 'us a\nstep', value: ({ stepUs }) => stepUs },
    { name: 'layer_us', heading: '\nlayer', value: ({ layerUs }) => layerUs },
    { name: 'sequence_us', heading: '\nsequence', value: ({ sequenceUs }) => sequenceUs },
    { name: 'prefill_multiplier', heading: 'prefill\ntimes', value: engine => engine.prefillMultiplier },
    { name: 'front_end_ms', heading: 'front end\nms', value: ({ frontEndMs }) => frontEndMs },
    { name: 'memory_share', heading: 'share of\nmemory', value: engine => engine.memoryUtilization },
    { name: 'block_tokens', heading: 'block\ntokens', value: ({ blockTokens }) => blockTokens },
    {
      name: 'own_figures_for',
      heading: '\nfigures of its own for',
      value: ({ onDevice }) => listed(onDevice),
    },
    { name: 'grade', heading: 'weakest\ngrade', value: weakestOf },
  ],
  regions: [
    { name: 'id', heading: '\nregion', value: ({ id }) => id },
    { name: 'grams_per_kwh', heading: 'gCO2\n/kWh', value: ({ gramsPerKwh }) => gramsPerKwh },
    { name: 'usd_per_kwh', heading: '$\n/kWh', value: ({ usdPerKwh }) => usdPerKwh },
    {
      name: 'hourly',
      heading: 'shape of\nthe day',
      value: region => (region.hourlyShape ? 'known' : 'flat'),
    },
    { name: 'grade', heading: 'weakest\ngrade', value: weakestOf },
  ],
  prices: [
    { name: 'id', heading: '\nprices', value: ({ id }) => id },
    { name: 'device', heading: '\ndevice', value: ({ device }) => device },
    { name: 'markets', heading: '\nmarkets', value: ({ points }) => marketsOf(points).join(' ') },
    { name: 'points', heading: '\nprices', value: ({ points }) => points.length },
    { name: 'first', heading: '\nfirst', value: ({ points }) => datesOf(points)[0] },
    { name: 'last', heading: '\nlast', value: ({ points }) => datesOf(points).at(-1) },
    { name: 'grade', heading: 'weakest\ngrade', value: weakestOf },
  ],
  owners: [
    { name: 'id', heading: '\nowner', value: ({ id }) => id },
    { name: 'price_share', heading: 'of the\nprice', value: ({ priceShare }) => priceShare },
    { name: 'depreciation_years', heading: '\nyears', value: ({ depreciationYears }) => depreciationYears },
    { name: 'residual_share', heading: 'resi-\ndual', value: ({ residualShare }) => residualShare },
    { name: 'cost_of_capital', heading: 'capital\na year', value: ({ costOfCapital }) => costOfCapital },
    { name: 'network_share', heading: 'network\nbeside', value: ({ networkShare }) => networkShare },
    { name: 'maintenance_share', heading: 'upkeep\na year', value: owner => owner.maintenanceShare },
    { name: 'usd_per_kw_month', heading: '$ a kW\na month', value: owner => owner.colocationUsdPerKwMonth },
    { name: 'pue', heading: '\nPUE', value: ({ pue }) => pue },
    { name: 'grade', heading: 'weakest\ngrade', value: weakestOf },
  ],
} as const satisfies { [K in CatalogueKind]: readonly EntryColumn<EntryOf<K>>[] }

function datesOf(points: readonly DatedPrice[]): string[] {
  return points.map(({ date }) => date).sort()
}

/** The weakest grade of some facts; undefined where there are none. */
function weakest(facts: readonly Fact[]): Grade | undefined {
  return GRADES.findLast(grade => facts.some(fact => fact.grade === grade))
}

function weakestOf(entry: Entry): Grade | undefined {
  return weakest(factsOf(entry))
}

function factsOf(value: unknown): Fact[] {
  return [...factsIn(value)].map(([, fact]) => fact)
}

/** What decides a device's speed by itself: its matrix products and attention. */
function kernelFacts({ operators: { gemm, attentionPrefill, attentionDecode } }: Device): Fact[] {
  return factsOf({ gemm, attentionPrefill, attentionDecode })
}

/** Those of its plainest format, in which every device with measurements has been measured. */
function baseKernels(device: Device): Fact[] {
  const { gemm, attentionPrefill, attentionDecode } = device.operators
  return factsOf([gemm.bf16 ?? gemm, attentionPrefill, attentionDecode.bf16 ?? attentionDecode])
}

function measuredShare(device: Device): string {
  const facts = kernelFacts(device)
  return `${facts.filter(({ grade }) => grade === 'measured').length} of ${facts.length}`
}

const BYTE_EACH = { ...ONE_STAGE, tp: 1, weightBytes: 1, kvBytes: 2, activationBytes: 1 }

function billions(model: LlmModel): number {
  return weightBytes(model, BYTE_EACH) / 1e9
}

/** The model with the experts alone that one token takes. */
function ofOneToken(model: LlmModel): LlmModel {
  if (model.moe === undefined) return model
  return { ...model, moe: { ...model.moe, experts: model.moe.expertsPerToken } }
}

function kvBytes(model: LlmModel): number {
  return kvBytesPerToken(model, BYTE_EACH)
}

function listed(map: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return map === undefined ? undefined : Object.keys(map).join(' ')
}
