import { UserError } from '../core/errors.ts'
import type { Course } from '../fleet/course.ts'
import type { EventTiming, SignalTiming } from '../fleet/signal-timing.ts'
import { dotted, type KeyPath } from './document.ts'
import type { ParsedScenario } from './schema.ts'

/** Each refresh that may still be asked for is kept, of every replica. */
const MOST_UNDER_WAY = 100

/** What the router of a scenario is told late, and how it predicts; empty where the file says nothing of it. */
export function knowledgeOf(parsed: ParsedScenario): Pick<Course, 'signals' | 'predictor'> {
  const { signals, lengths } = parsed.scenario.router ?? {}
  if (signals !== undefined) check(parsed, signals)
  return { ...(signals && { signals: signalsOf(signals) }), ...(lengths && { predictor: lengths }) }
}

type SignalsInput = NonNullable<NonNullable<ParsedScenario['scenario']['router']>['signals']>

function check(parsed: ParsedScenario, signals: SignalsInput): void {
  for (const name of ['load', 'kv'] as const) {
    const { every_s = 0, lag_s = 0 } = signals[name] ?? {}
    const most = MOST_UNDER_WAY * every_s
    if (lag_s <= most) continue
    const path: KeyPath = ['router', 'signals', name, 'lag_s']
    throw new UserError(
      `${parsed.place(path)}: ${dotted(path)} is ${lag_s}; must be at most ${most}, ${MOST_UNDER_WAY} times every_s`,
    )
  }
}

function signalsOf({ load, kv, cache }: SignalsInput): NonNullable<Course['signals']> {
  return {
    ...(load && { load: polled(load) }),
    ...(kv && { kv: polled(kv) }),
    ...(cache && { cache: events(cache) }),
  }
}

function polled({ every_s, lag_s }: NonNullable<SignalsInput['load']>): SignalTiming {
  return { everyS: every_s, lagS: lag_s }
}

function events({ every_s, lag_s }: NonNullable<SignalsInput['cache']>): EventTiming {
  return { lagS: lag_s, ...(every_s !== undefined && { everyS: every_s }) }
}
