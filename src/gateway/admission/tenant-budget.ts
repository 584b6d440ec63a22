import type { AdmissionFactory } from '../contract.ts'
import { Bucket } from './bucket.ts'

// BLIS tenant budgets; LiteLLM and AIBrix tokens per minute of a user.

/** So many prompt and predicted output tokens a second for every tenant; those without one are a tenant together. */
export const tenantBudget: AdmissionFactory = ({ options }) => {
  const budgets = new Map<number, Bucket>()
  const open = (tenant: number) => {
    const budget = new Bucket(options.tokens_per_s, options.burst_tokens)
    budgets.set(tenant, budget)
    return budget
  }
  return ({ tenant, inputTokens, predictedTokens }, _cluster, { nowS }) => {
    const budget = budgets.get(tenant) ?? open(tenant)
    return budget.take(inputTokens + predictedTokens, nowS)
  }
}
