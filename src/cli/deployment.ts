import type { LinkSpec, NodeLinks } from '../links/contract.ts'
import type { ReplicaKind } from '../replicas/contract.ts'
import type { BuiltPool } from '../scenario/built-pool.ts'
import type { Stack } from '../scenario/stack.ts'
import { short } from './print.ts'
import { seconds } from './quantities.ts'
import type { LoadedScenario } from './scenario.ts'

const GIGA = 1e9

type Line = readonly [name: string, text: string]

/** What few fleets have, each with its figures: roles, links, models, caches, slots, sizes compiled, drafts. */
export function deploymentLines(loaded: LoadedScenario): Line[] {
  const { course, fleet } = loaded
  return [
    ...handoffLines(loaded),
    ...(course.network === undefined ? [] : linkLines(course.network.nodes)),
    ...turnsLines(loaded),
    ...cacheLines(loaded),
    ...fleet.pools.flatMap(poolLines),
    ...softwareLines(loaded),
  ]
}

/** Who computes prompts, who decodes, and how requests get from the one to the other; undefined where all do both. */
export function handoffText({ course, fleet }: LoadedScenario): string | undefined {
  const { handoff } = course
  if (handoff === undefined) return undefined
  const { from, to } = sidesOf(fleet.pools)
  const when = handoff.decodeAt === 'arrival' ? 'on arrival' : 'when the prompt is computed'
  const who = handoff.policy === undefined ? 'the policy raced' : handoff.policy.name
  const layers = handoff.layers > 1 ? ', sent layer by layer' : ''
  return `from ${namesOf(from)} to ${namesOf(to)}, chosen ${when} by ${who}${layers}`
}

/** Who sends KV, and who may take it. */
function sidesOf(pools: readonly BuiltPool[]): Record<'from' | 'to', ReplicaKind[]> {
  const kinds = pools.map(({ kind }) => kind)
  const from = kinds.filter(({ role }) => role === 'prefill')
  const handsOver = ({ modelId }: ReplicaKind) => from.some(sender => sender.modelId === modelId)
  return { from, to: kinds.filter(kind => kind.role !== 'prefill' && handsOver(kind)) }
}

function namesOf(kinds: readonly ReplicaKind[]): string {
  return kinds.map(({ name }) => name).join(', ')
}

function handoffLines(loaded: LoadedScenario): Line[] {
  const text = handoffText(loaded)
  if (text === undefined) return []
  const { from, to } = sidesOf(loaded.fleet.pools)
  const bytes = [...from, ...to].map(
    ({ name, kvBytesPerToken }) => `${short(kvBytesPerToken! / 1000)} kB a token as ${name} keeps it`,
  )
  return [
    ['KV goes', text],
    ['', [...new Set(bytes)].join(', ')],
  ]
}

/** A line for each link of each kind of node: like nodes have like links. */
function linkLines(nodes: readonly NodeLinks[]): Line[] {
  const kinds = new Map(nodes.map(node => [node.name.replace(/-\d+$/, ''), node]))
  const texts = [...kinds].flatMap(([kind, node]) => linkTexts(node).map(text => `${kind}: ${text}`))
  return texts.map((text, i) => [i === 0 ? 'links' : '', text])
}

function linkTexts({ fabric, host, nic }: NodeLinks): string[] {
  const given = Object.entries({ 'NIC each way': nic, fabric, host }).filter(([, link]) => link !== undefined)
  return given.map(([what, link]) => `${what} ${linkText(link!)}`)
}

function linkText({ bytesPerS, deviceBytesPerS = bytesPerS, latencyS }: LinkSpec): string {
  const each = deviceBytesPerS < bytesPerS ? `, ${short(deviceBytesPerS / GIGA)} to a device` : ''
  const after = latencyS > 0 ? ` after ${seconds(latencyS)}` : ''
  return `${short(bytesPerS / GIGA)} GB/s${each}${after}`
}

function turnsLines({ course, fleet }: LoadedScenario): Line[] {
  const [first] = course.sharedDevices ?? []
  const models = course.models === undefined ? [] : [['models', course.models.join(', ')] as const]
  if (first === undefined) return models
  const loads = first.replicas.map((id, place) => {
    return `${fleet.pools[course.replicas[id]].kind.name} ${seconds(first.loadS[place])}`
  })
  return [
    ...models,
    ['by turns', `weights load in ${loads.join(', ')}; others wait at most ${seconds(first.patienceS)}`],
  ]
}

function cacheLines({ course }: LoadedScenario): Line[] {
  const { prefixEntryTokens, remoteStoreTokens, kinds } = course
  if (kinds.every(({ prefixCache }) => prefixCache === undefined)) return []
  const store = remoteStoreTokens === undefined ? '' : `; the remote store holds ${remoteStoreTokens} tokens`
  const kept =
    prefixEntryTokens === undefined
      ? 'nothing, as the workload lists no prefix blocks'
      : `blocks of ${prefixEntryTokens} tokens`
  return [['prefixes', `kept are ${kept}${store}`]]
}

/** Pools whose steps are faster, or slower, than the numbers that they are worked out from. */
function softwareLines({ parsed }: LoadedScenario): Line[] {
  const texts = parsed.scenario.fleet.flatMap(({ name, speedup }, index) =>
    speedup === undefined
      ? []
      : [`steps of ${name ?? `fleet[${index}]`} are ${short(speedup)} times as fast`],
  )
  return texts.map((text, i) => [i === 0 ? 'speedup' : '', text])
}

/** What the replicas of one pool have beside weights and KV. */
function poolLines({ kind, memory, stack }: BuiltPool): Line[] {
  const texts = [
    ...(kind.reservedTokens === undefined ? [] : [slotsText(kind, kind.reservedTokens)]),
    ...(stack === undefined ? [] : stackTexts(stack)),
    ...(memory.draftBytes === undefined ? [] : [`draft of ${short(memory.draftBytes / GIGA)} GB`]),
    ...(kind.pace === undefined ? [] : [`${short(tokensPerStep(kind.pace))} tokens a step`]),
    ...(kind.swap === undefined ? [] : [`swaps up to ${kind.swap.mostTokens} tokens to the host`]),
    ...(kind.prefixCache?.host ? [`keeps ${kind.prefixCache.host.tokens} tokens in the host`] : []),
  ]
  return texts.map((text, i) => [i === 0 ? kind.name : '', text])
}

function slotsText({ kvBlocks, blockTokens }: ReplicaKind, reservedTokens: number): string {
  const slots = Math.floor(kvBlocks / Math.ceil(reservedTokens / blockTokens))
  return `KV in ${slots} slots of ${reservedTokens} tokens`
}

function stackTexts({ buckets, startS }: Stack): string[] {
  const sizes = Object.entries(buckets).map(([what, of]) => `${what} ${of.join(' ')}`)
  const compiled = sizes.length === 0 ? [] : [`compiled for ${sizes.join('; ')}`]
  return startS > 0 ? [...compiled, `ready after ${seconds(startS)}`] : compiled
}

/** More steps than any output has. */
const MANY_STEPS = 2 ** 16

function tokensPerStep(pace: NonNullable<ReplicaKind['pace']>): number {
  return pace.tokensBy(MANY_STEPS) / MANY_STEPS
}
