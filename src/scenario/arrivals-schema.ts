import { z } from 'zod'

const positive = () => z.number().positive()
const atLeastZero = () => z.number().min(0)

const rate = () =>
  positive().optional().describe('Requests a second; may be left out where the workload has a load or a rate')

const cv = () => positive().describe('Coefficient of variation of the gaps: above 1 is burstier than Poisson')
const shape = () => positive().describe('Shape of the Weibull law: below 1 is burstier than Poisson')

/** What gaps are like in a time that runs at the rate of a curve. */
const gaps = z
  .discriminatedUnion('process', [
    z.strictObject({ process: z.literal('poisson') }),
    z.strictObject({ process: z.literal('gamma'), cv: cv() }),
    z.strictObject({ process: z.literal('weibull'), shape: shape() }),
    z.strictObject({ process: z.literal('even') }),
  ])
  .default({ process: 'poisson' })

const hourly = (hours: number) =>
  z
    .array(atLeastZero())
    .length(hours)
    .describe(`${hours} factors on the rate, hour by hour, from midnight${hours > 24 ? ' to Sunday' : ''} on`)

const startHour = (hours: number) =>
  z
    .int()
    .min(0)
    .max(hours - 1)
    .default(0)
    .describe('Hour at which the workload begins')

const baseRate = () => positive().describe('Requests a second where the factor is 1')

export const arrivals = z.discriminatedUnion('process', [
  z.strictObject({ process: z.literal('poisson'), rate_per_s: rate() }),
  z.strictObject({ process: z.literal('gamma'), rate_per_s: rate(), cv: cv() }),
  z.strictObject({ process: z.literal('weibull'), rate_per_s: rate(), shape: shape() }),
  z.strictObject({ process: z.literal('even'), rate_per_s: rate() }),
  z.strictObject({
    process: z.literal('periodic'),
    senders: z.int().min(1).max(1e6).describe('Cameras, vehicles, sensors'),
    rate_per_s: positive().describe('Of each sender, which begins at a time of its own'),
  }),
  z.strictObject({
    process: z.literal('on-off'),
    on_rate_per_s: positive(),
    off_rate_per_s: atLeastZero(),
    on_s: positive().describe('Mean length of a spell at the first rate'),
    off_s: positive(),
  }),
  z.strictObject({
    process: z.literal('markov'),
    states: z
      .array(
        z.strictObject({
          rate_per_s: atLeastZero(),
          stay_s: positive().describe('Mean length of a spell'),
        }),
      )
      .min(2)
      .describe('Poisson at the rate of the state; from each it goes to any of the others'),
  }),
  z.strictObject({
    process: z.literal('profile'),
    step_s: positive(),
    rates_per_s: z.array(atLeastZero()).min(1).describe('Rate of each step; after the last comes the first'),
    cv: positive().default(1),
  }),
  z.strictObject({
    process: z.literal('diurnal'),
    rate_per_s: baseRate(),
    hourly: hourly(24),
    start_hour: startHour(24),
    gaps,
  }),
  z.strictObject({
    process: z.literal('weekly'),
    rate_per_s: baseRate(),
    hourly: hourly(168),
    start_hour: startHour(168),
    gaps,
  }),
  z.strictObject({
    process: z.literal('sinusoid'),
    rate_per_s: positive().describe('Mean over a period'),
    swing: z.number().min(0).max(1).describe('Share of the mean by which it goes up and down'),
    period_s: positive().default(86_400),
    peak_s: atLeastZero().describe('When it is highest'),
    gaps,
  }),
  z.strictObject({
    process: z.literal('flash-crowd'),
    rate_per_s: positive().describe('Before and after'),
    height: positive().describe('Times as many requests at the top'),
    start_s: atLeastZero(),
    rise_s: atLeastZero(),
    hold_s: atLeastZero(),
    decay_s: atLeastZero(),
    gaps,
  }),
])

export type ArrivalLaw = z.output<typeof arrivals>
export type CurveGaps = z.output<typeof gaps>
