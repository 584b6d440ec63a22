import type { Candidate, Decision, Fate, Sight } from '../decision.ts'
import { type Regret, regretOf } from '../regret.ts'
import type { Column } from './column.ts'
import { OUTCOMES } from './requests.ts'

/** A replica tried in a decision; without one, the decision to send the request nowhere. */
export interface DecisionRow {
  readonly policy: string
  readonly decision: Decision
  readonly candidate?: Candidate
}

/** The rows of a decision: one for every candidate, and one before them where none was chosen. */
export function decisionRows(policy: string, decision: Decision): DecisionRow[] {
  const { candidates } = decision
  const rows = candidates.map(candidate => ({ policy, decision, candidate }))
  return candidates.some(({ isChosen }) => isChosen) ? rows : [{ policy, decision }, ...rows]
}

type NumberOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T]

function seen(what: NumberOf<Sight>): (row: DecisionRow) => number {
  return ({ candidate }) => candidate?.[what] ?? Number.NaN
}

function fateOf({ decision, candidate }: DecisionRow): Fate {
  return (candidate ?? decision).fate
}

function regret(of: keyof Regret): (row: DecisionRow) => number {
  return row =>
    regretOf(
      fateOf(row),
      row.decision.candidates.map(({ fate }) => fate),
    )[of]
}

/** The columns of decisions.csv. */
export const decisionColumns: readonly Column<DecisionRow>[] = [
  { name: 'policy', about: 'Routing policy', value: ({ policy }) => policy },
  {
    name: 'ordinal',
    about: 'Place of the request in the workload, from 0; the same under every policy',
    value: ({ decision }) => decision.number,
  },
  { name: 'time_s', about: 'When it was decided', value: ({ decision }) => decision.timeS },
  { name: 'class', about: 'Class of the request', value: ({ decision }) => decision.requestClass },
  { name: 'input_tokens', about: 'Length of the prompt', value: ({ decision }) => decision.inputTokens },
  {
    name: 'predicted_tokens',
    about: 'Output tokens that the router expected',
    value: ({ decision }) => decision.predictedTokens,
  },
  {
    name: 'choices',
    about:
      'Replicas that it could have been sent to; where they are more than 16, the 16 with the shortest expected E2E were tried, and the one chosen',
    value: ({ decision }) => decision.choices,
  },
  {
    name: 'replica',
    about: 'Number of a replica that was tried; blank where the request was refused',
    value: seen('replica'),
  },
  { name: 'kind', about: 'Kind of that replica', value: ({ candidate }) => candidate?.kind ?? '' },
  {
    name: 'chosen',
    about: 'Whether that is what the policy answered',
    value: ({ candidate }) => candidate?.isChosen ?? true,
  },
  {
    name: 'score',
    about:
      'What the policy scored it by, where it tells: of filters, scorers and a picker the highest is best, of all others the lowest',
    value: seen('score'),
  },
  {
    name: 'outstanding_requests',
    about: 'As the router was told, as all up to expected_j: requests there',
    value: seen('outstandingRequests'),
  },
  { name: 'waiting_requests', about: 'Not in the batch', value: seen('waitingRequests') },
  { name: 'running_requests', about: 'In the batch', value: seen('runningRequests') },
  { name: 'kv_free_tokens', about: 'Room for KV', value: seen('kvFreeTokens') },
  {
    name: 'prefix_hit_tokens',
    about: 'Tokens of the prompt that its prefix cache held',
    value: seen('prefixHitTokens'),
  },
  { name: 'expected_ttft_s', about: 'Expected TTFT there', value: seen('expectedTtftS') },
  { name: 'expected_tpot_s', about: 'Expected TPOT there', value: seen('expectedTpotS') },
  { name: 'expected_e2e_s', about: 'Expected E2E there', value: seen('expectedE2eS') },
  {
    name: 'expected_usd',
    about: 'Expected price there; blank where the replica has none',
    value: seen('expectedUsd'),
  },
  { name: 'expected_j', about: 'Expected joules there', value: seen('expectedJoules') },
  {
    name: 'outcome',
    about: 'What became of the request there, or would have: as in requests.csv, as all that follows',
    value: row => OUTCOMES[fateOf(row).outcome],
  },
  { name: 'ttft_s', about: 'From arrival to the first output token', value: row => fateOf(row).ttftS },
  {
    name: 'e2e_s',
    about: 'From arrival to the last output token; blank where it was not served',
    value: row => fateOf(row).e2eS,
  },
  { name: 'met_slo', about: 'Whether it met every part of the SLO', value: row => fateOf(row).metSlo },
  {
    name: 'ttft_regret_s',
    about:
      'That TTFT less the shortest among the replicas tried that give it as many tokens; blank if not served',
    value: regret('ttftS'),
  },
  { name: 'regret_s', about: 'The same of E2E', value: regret('e2eS') },
]
