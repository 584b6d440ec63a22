import { resolveOptions } from '../core/options.ts'
import type { Standing } from '../experiments/race.ts'
import type { Course } from '../fleet/course.ts'
import { byModel } from '../fleet/groups.ts'
import { type AdmissionChoice, admissionNamed } from '../gateway/admission/registry.ts'
import { type GatewaySpec, type Retries, type RouterCapacity, TIERS } from '../gateway/contract.ts'
import type { RunResult } from '../results/run-result.ts'
import { admissionChoices } from '../scenario/gateway.ts'
import { colours, short, wrapped } from './print.ts'
import { count, seconds } from './quantities.ts'
import type { LoadedScenario } from './scenario.ts'

type Line = readonly [name: string, text: string]

/** What stands between the arrivals and the replicas; none where nothing does. */
export function gatewayLines({ parsed, course, workload }: LoadedScenario): Line[] {
  const { gateway } = course
  if (gateway === undefined) return []
  return [
    ...admissionLine(admissionChoices(parsed.scenario.gateway?.admission ?? [])),
    ...queueLine(gateway),
    ...holdLines(course, gateway),
    ...clientLines(gateway),
    ...routerLine(course, gateway, workload.ratePerS),
    ...clockLine(gateway),
  ]
}

function admissionLine(choices: readonly AdmissionChoice[]): Line[] {
  return choices.length === 0 ? [] : [['admission', choices.map(admissionText).join(', then ')]]
}

/** With the values of options that are left out. */
function admissionText({ name, options }: AdmissionChoice): string {
  const values = Object.entries(resolveOptions(name, admissionNamed(name).options, options))
  const texts = values.map(([option, value]) => `${option} ${value}`)
  return texts.length === 0 ? name : `${name} (${texts.join(', ')})`
}

function queueLine({ timeToLiveS }: GatewaySpec): Line[] {
  if (timeToLiveS === undefined) return []
  const bounded = TIERS.filter(tier => timeToLiveS[tier] !== undefined)
  const isSame = bounded.length === TIERS.length && new Set(Object.values(timeToLiveS)).size === 1
  const texts = isSame
    ? [`all ${timeToLiveS[TIERS[0]]} s at most`]
    : bounded.map(tier => `${tier} ${timeToLiveS[tier]} s at most`)
  return [['queue', ['the higher tier first', ...texts].join(', ')]]
}

/** Requests are held for the replicas that they come to. */
function holdLines({ kinds, replicas }: Course, { room }: GatewaySpec): Line[] {
  if (room === undefined) return []
  const held = kinds
    .map((kind, index) => ({ ...kind, most: room[replicas.indexOf(index)] }))
    .filter(({ role }) => role !== 'decode')
  const texts = held.map(({ name, most }) => `${most} (${name})`)
  const deep = held.filter(({ most, maxSequences }) => most > maxSequences)
  return [
    ['hold', `until a replica has fewer outstanding than ${texts.join(', ')}`],
    ...deep.map(
      ({ name, most, maxSequences }) =>
        ['', `${name} runs ${maxSequences} at a time: up to ${most - maxSequences} more wait there`] as const,
    ),
  ]
}

function clientLines({ retries, timeoutS, hedgeAfterS }: GatewaySpec): Line[] {
  return [
    ...(timeoutS === undefined ? [] : [['time-out', `${timeoutS} s without a first token`] as const]),
    ...(hedgeAfterS === undefined
      ? []
      : [['hedge', `a second replica after ${hedgeAfterS} s without a first token`] as const]),
    ...(retries === undefined ? [] : [['retries', retriesText(retries)] as const]),
  ]
}

function retriesText({ most, backoffS, growth }: Retries): string {
  if (most === 1) return `one, after ${backoffS} s`
  const waits = growth === 1 ? 'as long each time' : `${growth} times longer each time`
  return `at most ${most}, after ${backoffS} s and ${waits}`
}

function routerLine(course: Course, { router }: GatewaySpec, ratePerS: number): Line[] {
  if (router === undefined) return []
  const perS = decisionsPerS(course, router)
  const each = groupsOf(course).map(
    ({ replicas }) => `among ${replicas} in ${seconds(router.decisionS + router.perReplicaS * replicas)}`,
  )
  const lanes = router.servers === 1 ? '' : `, ${router.servers} side by side`
  const text = `decides ${[...new Set(each)].join(', ')}${lanes}: ${count(perS)} decisions/s at most`
  const late = colours.red(`requests come at ${short(ratePerS)}/s: they pile up before the router`)
  return [['router', text], ...(ratePerS > perS ? [['', late] as const] : [])]
}

function clockLine({ tickS }: GatewaySpec): Line[] {
  return tickS === undefined ? [] : [['clock', `looks every ${tickS} s at what has come`]]
}

/** What the gateway did beyond sending every request once: of each what there is, least to most over the policies. */
export function gatewayNote(standings: readonly Standing[]): string[] {
  const results = standings.map(({ result }) => result)
  const parts = DEEDS.flatMap(({ what, of }) => {
    const text = rangeText(results.map(of))
    return text === '0' ? [] : [`${text} ${what}`]
  })
  return parts.length === 0
    ? []
    : [wrapped(`Of ${count(results[0].requests)} requests: ${parts.join(', ')}.`)]
}

const DEEDS: readonly { readonly what: string; readonly of: (result: RunResult) => number }[] = [
  { what: 'refused', of: ({ refused }) => refused },
  { what: 'expired in the queue', of: ({ expired }) => expired },
  { what: 'given up by their clients', of: ({ timedOut }) => timedOut },
  { what: 'new tries', of: ({ gateway }) => gateway?.retries ?? 0 },
  { what: 'sent to a second replica', of: ({ gateway }) => gateway?.hedges ?? 0 },
  { what: 'answered by the second first', of: ({ gateway }) => gateway?.hedgesWon ?? 0 },
]

function rangeText(counts: readonly number[]): string {
  const least = Math.min(...counts)
  const most = Math.max(...counts)
  return least === most ? count(most) : `${count(least)} to ${count(most)}`
}

/** Decisions a second of a router that is never idle: each ends before the next begins, which a clock may put off. */
function decisionsPerS(course: Course, { decisionS, perReplicaS, servers }: RouterCapacity): number {
  const secondsOf = ({ replicas, share }: { readonly replicas: number; readonly share: number }) =>
    share * (decisionS + perReplicaS * replicas)
  return servers / groupsOf(course).reduce((sum, group) => sum + secondsOf(group), 0)
}

/** The replicas that a decision is among, by model, and the share of requests that ask for it. */
function groupsOf({ kinds, replicas, models = [''], modelShares = [1] }: Course) {
  const serving = replicas.map(index => ({ kind: kinds[index] }))
  return byModel(serving, models.length).map(({ entry }, model) => ({
    replicas: entry.length,
    share: modelShares[model],
  }))
}
