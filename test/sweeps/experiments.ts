import { scenario } from '../cli/program.ts'

/** A scenario whose runs take a few milliseconds, without warm-up. */
export const QUICK = `${scenario('requests: 200', 'requests: 60')}warmup_s: 0\n`

/** Two loads, two policies, so many replications: 4 points. */
export function experiment(replications: number | string, more = ''): string {
  return `name: quick
scenario: quick.yaml
factors:
  workload.load: [0.4, 0.7]
replications: ${replications}
metrics: [ttft_p99_s, slo_attainment, usd_per_good_mtok]
${more}`
}

export const SEQUENTIAL = '{ least: 3, most: 12, until: { metric: ttft_p99_s, half_width: 0.1 } }'
