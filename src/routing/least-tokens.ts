import type { PolicyFactory } from './contract.ts'

// Splitwise `token_jsq`, Dynamo `least-loaded`.

/** The fewest tokens outstanding: prompts and predicted outputs of all that waits and runs. Ties: at random. */
export const leastTokens: PolicyFactory = ({ leastLoaded, random }) => {
  const index = leastLoaded('outstandingTokens')
  return () => index.pick(random)
}
