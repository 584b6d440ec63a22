import type { ReplicaResult, RunResult } from '../results/run-result.ts'
import { percent, short, tableText } from './print.ts'

/** What each kind of replica did in the window, one line a kind. */
export function kindsText(result: RunResult): string {
  const kinds = [...new Set(result.replicas.map(({ kind }) => kind))]
  const groups = kinds.map(name => result.replicas.filter(({ kind }) => kind === name))
  const column = (heading: string, value: (group: readonly ReplicaResult[]) => number, text = short) => ({
    heading,
    cells: groups.map(group => text(value(group))),
  })
  const optional: (...of: Parameters<typeof column>) => ReturnType<typeof column>[] = (
    heading,
    value,
    text,
  ) => (groups.some(group => value(group) > 0) ? [column(heading, value, text)] : [])
  const { windowS } = result
  const tokensPerS = (group: readonly ReplicaResult[]) =>
    sum(group, ({ outputTokens }) => outputTokens) / windowS
  return tableText([
    { heading: '\nkind', cells: kinds, align: 'left' },
    column('\nreplicas', group => group.length, String),
    column('\nrequests', group => sum(group, ({ requests }) => requests), String),
    column('output\ntok/s', tokensPerS),
    column(
      'load\n%',
      group =>
        tokensPerS(group) / sum(group, ({ saturationTokensPerS, turns }) => saturationTokensPerS / turns),
      percent,
    ),
    column('busy\n%', group => sum(group, ({ busyS }) => busyS) / (windowS * group.length), percent),
    column(
      'mean kW at\nthe facility',
      group => sum(group, ({ busyJ, idleJ }) => busyJ + idleJ) / windowS / 1000,
    ),
    column('\n$/h', group => sum(group, ({ usdPerHour, turns }) => usdPerHour / turns)),
    column('pre-\nemptions', group => sum(group, ({ preemptions }) => preemptions), String),
    ...optional('prefix\nhits %', group => hitShare(group), percent),
    ...optional('away\n%', group => sum(group, ({ awayS }) => awayS) / (windowS * group.length), percent),
    ...optional('\nloads', group => sum(group, ({ loads }) => loads), String),
    ...optional(
      'padding\n%',
      group => sum(group, ({ paddingShare }) => paddingShare) / group.length,
      percent,
    ),
  ])
}

function sum(group: readonly ReplicaResult[], of: (replica: ReplicaResult) => number): number {
  return group.reduce((total, replica) => total + of(replica), 0)
}

function hitShare(group: readonly ReplicaResult[]): number {
  return sum(group, ({ prompts }) => prompts.hit) / sum(group, ({ prompts }) => prompts.asked)
}
