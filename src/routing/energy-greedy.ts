import type { PolicyFactory } from './contract.ts'
import { cheapestWithinSlo } from './within-slo.ts'

// Least energy within the objective: the shape of FREESH's and VoltanaLLM's routers.

/** The fewest expected joules among replicas expected to meet the objectives, else the fastest. */
export const energyGreedy: PolicyFactory = setup =>
  cheapestWithinSlo(setup, (cluster, replica, request) => cluster.expectedJoules(replica, request))
