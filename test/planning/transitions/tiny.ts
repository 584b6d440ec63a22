/** Batches of a hundredth of a second: what nodes can do is known by hand. */
export const TINY = `name: tiny
from: 2025-Q3
to: 2026-Q3
region: us-ohio
draws: 3
rating_draws: 1
attainment: { draws: 1, most_nodes: 3 }
tariff: { basis: on-demand }
prices:
  at: 2026-Q1
  gpu: { per_year: { value: 0.9, low: 0.8, high: 1 }, log_sd: 0.3 }
  asic: { per_year: 0.8 }
software:
  first_year: { value: 1.5, low: 1, high: 2 }
  settling_years: 0.5
  per_year: 1.1
  support_years: 4
  asic_lag_years: 1
  measured: 2025-Q3
services:
  - name: frames
    task: hydranet-style-8cam
    slo: { e2e_s: 0.05, attainment: 0.9 }
    workload:
      generate:
        requests: 400
        arrivals: { process: poisson, rate_per_s: 100 }
        lengths: { input: { fixed: 1 }, output: { fixed: 1 } }
    rate_per_s: 5000
    growth_a_year: { value: 2, low: 1.5, high: 3 }
    requests: 200
    candidates:
      - { node: l4-server-4x, replica: { weights: int8 }, batcher: &batcher { name: dynamic, max_samples: 8, timeout_ms: 1 }, latency: { model: fixed, step_s: 0.01 } }
      - { node: aws-inf2.48xlarge, replica: { weights: int8 }, batcher: *batcher, latency: { model: fixed, step_s: 0.01 } }
nodes:
  aws-inf2.48xlarge: { available: 2026-Q1, usd_per_hour: { value: 6, low: 4, high: 8 } }
`

export function tiny(...[from, to]: readonly [string, string]): string {
  if (!TINY.includes(from)) throw new Error(`the transition has no ${from}`)
  return TINY.replace(from, to)
}
