import type { Distribution } from '../statistics/distribution.ts'
import { figuresOf } from '../statistics/figures.ts'
import type { Gathered } from '../statistics/gather.ts'
import { statisticsOf } from '../statistics/statistics.ts'

/** How near a statistic of a generated workload is to that of the trace it is like. */
export type Grade = 'good' | 'fair' | 'poor'

export interface Compared {
  readonly section: string
  readonly name: string
  readonly unit: string
  readonly real: number
  readonly generated: number
  /** Of the generated one from the real one, as a share of it; for shares and correlations plainly. */
  readonly difference: number
  readonly grade: Grade
}

/** What is compared, by section: names of figures, and whether differences are of shares or correlations. */
const COMPARED: Readonly<Record<string, { readonly names: readonly string[]; readonly plain?: boolean }>> = {
  trace: { names: ['requests', 'input tokens', 'output tokens'] },
  arrivals: {
    names: ['mean rate', 'busiest minute', 'gap cv', 'fano 1 s', 'fano 10 s', 'fano 60 s'],
  },
  gap: { names: ['p25', 'p50', 'p75', 'p95', 'p99', 'max'] },
  input: { names: ['mean', 'sd', 'p5', 'p25', 'p50', 'p75', 'p95', 'p99', 'max'] },
  output: { names: ['mean', 'sd', 'p5', 'p25', 'p50', 'p75', 'p95', 'p99', 'max'] },
  correlation: { names: ['spearman'], plain: true },
  prefix: { names: ['token hit ratio', 'block hit ratio', 'requests with a hit'], plain: true },
  'lru block hit ratio': { names: ['1000 blocks', '10000 blocks', '100000 blocks'], plain: true },
  session: { names: ['sessions'] },
  turns: { names: ['mean', 'p50', 'p95'] },
  'first input': { names: ['mean', 'p50'] },
  'new input': { names: ['mean', 'p50'] },
  'think time': { names: ['mean', 'p50', 'p95'] },
}

const GOOD = 0.05
const FAIR = 0.2

/** Statistics of a trace beside those of a workload made like it. */
export function comparison(real: Gathered, generated: Gathered): Compared[] {
  const others = new Map(
    comparable(generated).map(figure => [`${figure.section}/${figure.name}`, figure.value]),
  )
  return comparable(real).flatMap(({ section, name, unit, value }) => {
    const { names, plain = false } = COMPARED[section] ?? { names: [] }
    const other = others.get(`${section}/${name}`)
    if (!names.includes(name) || typeof value !== 'number' || typeof other !== 'number') return []
    if (Number.isNaN(value) || Number.isNaN(other)) return []
    return [compared(section, name, unit, value, other, plain)]
  })
}

/** Arrivals of sessions are compared by their starts: their turns come when turns before them end. */
function comparable(of: Gathered) {
  return figuresOf(statisticsOf(of.starts === undefined ? of : { ...of, arrivals: of.starts }))
}

function compared(
  section: string,
  name: string,
  unit: string,
  real: number,
  generated: number,
  plain: boolean,
): Compared {
  const apart = generated - real
  const difference = plain ? apart : real === 0 ? (apart === 0 ? 0 : Number.POSITIVE_INFINITY) : apart / real
  const size = Math.abs(difference)
  return {
    section,
    name,
    unit,
    real,
    generated,
    difference,
    grade: size <= GOOD ? 'good' : size <= FAIR ? 'fair' : 'poor',
  }
}

/** The most by which the shares below any value differ: the Kolmogorov-Smirnov distance of two samples. */
export function sampleDistance(a: Distribution, b: Distribution): number {
  let [i, j, belowA, belowB, most] = [0, 0, 0, 0, 0]
  while (i < a.values.length && j < b.values.length) {
    const value = Math.min(a.values[i], b.values[j])
    if (a.values[i] === value) belowA += a.counts[i++] / a.count
    if (b.values[j] === value) belowB += b.counts[j++] / b.count
    most = Math.max(most, Math.abs(belowA - belowB))
  }
  return most
}
