/** What a replica on its share of a node does at a share of the highest rate at which it holds the SLO. */
export interface Performance {
  /** Output tokens of a language model, samples of a task. */
  readonly unitsPerS: number
  /** Mean at the facility. */
  readonly watts: number
  readonly devices: number
  /** Rent or ownership with its power; NaN where no such price is known. */
  readonly usdPerHour: number
}

/** What two sides of a case are compared by. */
export interface Measure {
  readonly unit: string
  readonly better: 'less' | 'more'
  readonly of: (performance: Performance) => number
}

const HOUR_S = 3600
const MILLION = 1e6

export const MEASURES = {
  joules_per_unit: { unit: 'J', better: 'less', of: ({ watts, unitsPerS }) => watts / unitsPerS },
  usd_per_million: {
    unit: '$ per million',
    better: 'less',
    of: ({ usdPerHour, unitsPerS }) => (usdPerHour / (unitsPerS * HOUR_S)) * MILLION,
  },
  units_per_s_per_device: {
    unit: 'per second and device',
    better: 'more',
    of: ({ unitsPerS, devices }) => unitsPerS / devices,
  },
} as const satisfies Record<string, Measure>

export type MeasureName = keyof typeof MEASURES

/** How many times better the subject is: above 1 where it is the better one. */
export function advantage({ better }: Measure, subject: number, against: number): number {
  return better === 'less' ? against / subject : subject / against
}
