import { devicesOf } from '../latency/layout.ts'
import { TransformerWork } from '../latency/work.ts'
import type { Metric, ServedRow } from './served-row.ts'
import type { Loop } from './served-shape.ts'
import type { Subject } from './subject.ts'

/** Why all of the row's measurements are doubtful; undefined where nothing is known against them. */
export function doubtOf(row: ServedRow): string | undefined {
  const quality = row.text('quality')
  if (!/^(ok|vendor-published)/.test(quality)) return quality.split(':')[0]
  if (/cpu-sampling/.test(row.text('source_path'))) return 'sampled on the host'
  if (/reference-cpu/.test(row.text('note'))) return 'reference implementation, not tuned'
  return row.text('n_devices') === '0' ? 'the number of devices is not stated' : undefined
}

/** Why one of the row's measurements is doubtful. */
export function doubtOfMetric(row: ServedRow, { model }: Subject, metric: Metric): string | undefined {
  if (/(output|total)_throughput/.test(metric) && row.text('note').includes('client-counted')) {
    return 'tokens as the client counted them'
  }
  const isWaiting =
    row.text('engine').startsWith('trtllm') &&
    model.moe === undefined &&
    row.text('note').includes('origin=inferencex-db') &&
    row.number('input_tokens_mean') === 1024 &&
    row.number('output_tokens_mean') === 1024 &&
    row.number('tp') < 8
  // batch_wait_timeout_iters in SemiAnalysisAI/InferenceX benchmarks/70b_fp8_h200_trt_slurm.sh.
  return isWaiting && metric.startsWith('ttft') ? 'prompts held back for up to 20 steps' : undefined
}

/**
 * Why the times of a loop contradict what is stated of it: prompts come faster than the devices could compute them, so
 * that caches must have held them; or requests wait for longer than they run although those that ran would have filled
 * less than two thirds of the KV pool, so that fewer ran at once.
 */
export function contradiction(
  row: ServedRow,
  subject: Subject,
  { clients, inputTokens, outputTokens }: Loop,
  { kvTokens, replicas }: { readonly kvTokens: number; readonly replicas: number },
): string | undefined {
  const [ttftS, tpotS] = [row.number('ttft_mean_s'), row.number('tpot_mean_s')]
  if (!(ttftS > 0 && tpotS > 0)) return undefined
  const requestS = ttftS + tpotS * outputTokens
  const promptFlopsPerS =
    (clients / requestS) * inputTokens * new TransformerWork(subject.model, subject.parallelism).tokenFlops(1)
  const peakFlopsPerS = replicas * devicesOf(subject.parallelism) * subject.constants.gemm.flopsPerS
  if (promptFlopsPerS > peakFlopsPerS) return 'prompts faster than the peak'
  const running = (clients / replicas) * (1 - ttftS / requestS)
  const isRoomy = running * (inputTokens + outputTokens) < (2 / 3) * kvTokens
  const isLimited = row.number('max_num_seqs') > 0
  return isRoomy && !isLimited && ttftS > requestS / 2 && clients >= 64
    ? 'fewer ran at once than clients waited'
    : undefined
}
