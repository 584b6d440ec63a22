import type { ArrivalSource } from '../contract.ts'
import { type GeneratorSpec, generated } from '../generate.ts'
import type { ClassShare, TenantShare } from '../generators/labels.ts'
import type { LengthsSpec } from '../generators/request-lengths.ts'
import { type Gathered, gathered } from '../statistics/gather.ts'
import { gapFit } from './gap-fit.ts'
import { lengthLaw, ownInput, prefixFit, sessionFit } from './session-fit.ts'

/** A generator that makes workloads like a trace. No row of the trace is in it, only rates, shares and quantiles. */
export interface GeneratorFit {
  readonly spec: GeneratorSpec
  /** What of the trace it does not have. */
  readonly notes: readonly string[]
}

/** Below this a rank correlation of lengths is let go. */
const LEAST_CORRELATION = 0.05

/** Fits a generator to what has been gathered. Throws a UserError where all requests come at one instant. */
export function fitted(of: Gathered): GeneratorFit {
  const sessions = sessionFit(of)
  const prefixes = sessions ? undefined : prefixFit(of)
  const inSessions = sessions ?? prefixes
  const { gaps } = gapFit(sessions ? of.starts! : of.arrivals)
  const spec: GeneratorSpec = {
    className: of.groups.class[0]?.name ?? 'all',
    requests: of.requests,
    gaps,
    ...lengthsFit(of, sessions !== undefined, prefixes !== undefined),
    ...labelsFit(of),
    ...(inSessions && { sessions: inSessions }),
  }
  return { spec, notes: notesOf(of, sessions !== undefined) }
}

/** Reads a trace through, closes it, and fits a generator to it. */
export async function fitLike(
  source: ArrivalSource,
  onRows?: (requests: number) => void,
): Promise<GeneratorFit & { readonly real: Gathered }> {
  const real = await gathered(source, onRows)
  return { ...fitted(real), real }
}

/** What the generator makes, measured. */
export function drawnLike({ spec }: GeneratorFit, seed: string | number): Promise<Gathered> {
  return gathered(generated(spec, seed))
}

function lengthsFit(of: Gathered, inSessions: boolean, hasPrefixes: boolean): LengthsSpec {
  const input = inSessions
    ? lengthLaw(of.sessions!.newInputTokens)
    : hasPrefixes
      ? ownInput(of)
      : lengthLaw(of.inputTokens)
  const output = lengthLaw(of.outputTokens)
  const { spearman } = of.correlation
  const isFree = inSessions || hasPrefixes || !(Math.abs(spearman) > LEAST_CORRELATION)
  return isFree ? { input, output } : { input, output, rankCorrelation: Number(spearman.toFixed(3)) }
}

const MOST_NAMES = 50

function labelsFit({ groups }: Gathered): Pick<GeneratorSpec, 'labels'> {
  const named = groups.class.slice(0, MOST_NAMES)
  const classes: ClassShare[] = sharesOf(named).map(([className, share]) => ({ className, share }))
  const tenants: TenantShare[] = sharesOf(groups.tenant.slice(0, MOST_NAMES)).map(([tenant, share]) => ({
    tenant,
    share,
  }))
  if (classes.length < 2 && tenants.length < 2) return {}
  return { labels: { classes, ...(tenants.length > 0 && { tenants }) } }
}

/** Shares of the named alone, which add up to 1. */
function sharesOf(groups: Gathered['groups']['class']): [name: string, share: number][] {
  const total = groups.reduce((sum, { requests }) => sum + requests, 0)
  return groups.map(({ name, requests }) => [name, requests / total])
}

function notesOf(of: Gathered, inSessions: boolean): string[] {
  const { arrivals, groups, deadlineS, items } = of
  const { gapsS } = arrivals
  const zeros = gapsS.values[0] === 0 ? gapsS.counts[0] / gapsS.count : 0
  return [
    ...(zeros > 0.5
      ? ['most requests come at one instant with another: spread them first to fit how they come']
      : []),
    ...(inSessions ? ['turns follow by think times, not at times of their own', ...contextNotes(of)] : []),
    ...(groups.class.length > 1 || groups.tenant.length > 1
      ? ['classes and tenants share one law of lengths']
      : []),
    ...(groups.model.length > 1 ? ['models are not told apart'] : []),
    ...(deadlineS.count > 0 || items.count > 0 ? ['deadlines and items of prompts are left out'] : []),
  ]
}

function contextNotes({ sessions, starts }: Gathered): string[] {
  const later = sessions!.turnGapS.count
  const shrinking = (later - sessions!.newInputTokens.count) / later
  const few = starts!.count < 200
  return [
    ...(shrinking > 0.02
      ? [`${(100 * shrinking).toFixed(0)} % of later turns drop context; generated ones keep it`]
      : []),
    ...(few ? [`there are only ${starts!.count} sessions to tell their law from`] : []),
  ]
}
