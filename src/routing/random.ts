import { below } from '../core/random.ts'
import type { PolicyFactory } from './contract.ts'

// Vidur `random`, AIBrix `random`, SGLang gateway `random`.

/** Any replica, each as likely as the next. */
export const random: PolicyFactory = setup => {
  const replicas = setup.cluster.replicas
  return () => below(setup.random, replicas)
}
