import type { FitName } from '../../src/calibration/parameters.ts'
import { stepTime } from '../../src/calibration/step-time.ts'
import { measuredUnder, profileWith, SETUP } from './made.ts'

const PREFILLS = [
  [1, 128],
  [1, 512],
  [1, 2048],
  [1, 8192],
  [4, 4096],
] as const
const DECODES = [1, 4, 16, 64, 128].flatMap(sequences =>
  [256, 1024, 4096].map(context => [sequences, context] as const),
)

export const HEADER = 'phase,batch_size,prefill_tokens,context_tokens_per_seq,time_s'

/** Lines of a CSV file of steps as a profile with these parameters takes them, to nine digits. */
export async function stepLines(
  values: Readonly<Record<string, number>>,
  fit: FitName = 'engine',
): Promise<string[]> {
  const steps = [
    ...PREFILLS.map(([sequences, tokens]) => ({ phase: 'prefill' as const, sequences, tokens })),
    ...DECODES.map(([sequences, context]) => ({
      phase: 'decode' as const,
      sequences,
      tokens: sequences * context,
    })),
  ]
  const observations = steps.map(step => stepTime({ ...step, place: '', setup: SETUP, seconds: 1 }))
  const times = await measuredUnder(profileWith(values, observations, fit), observations)
  return steps.map(({ phase, sequences, tokens }, i) => {
    const lengths = phase === 'prefill' ? `${tokens},` : `0,${tokens / sequences}`
    return `${phase},${sequences},${lengths},${times[i].toPrecision(9)}`
  })
}

export function csv(lines: readonly string[], header = HEADER): string {
  return `${[header, ...lines].join('\n')}\n`
}
