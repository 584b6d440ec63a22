import { below, stream } from '../../src/core/random.ts'
import type { Decide, FakeCluster, SealedRequest } from './fake-cluster.ts'

/** Asks with requests of few sessions and prompts, while replicas open and close, are loaded and hold prefixes. */
export function whileGatesMove(
  decide: Decide,
  cluster: FakeCluster,
  view: SealedRequest,
  check: (answer: number) => void,
): void {
  const random = stream('gates', 'moves')
  for (let i = 0; i < 3000; i++) {
    cluster.nowS = i
    for (let times = below(random, 3); times > 0; times--) {
      cluster.open(below(random, cluster.replicas), random() < 0.4)
      cluster.load(below(random, cluster.replicas), below(random, 3), below(random, 17))
      cluster.hits[below(random, cluster.replicas)] = below(random, 1500)
    }
    const prompt = below(random, 20)
    const asked = { number: i, arrivalS: i, inputTokens: 1 + below(random, 4000), session: below(random, 30) }
    const blocks = [prompt, 100 + prompt, 200 + prompt]
    Object.assign(view, asked, { blocks, prefixBlockTokens: 200, requestClass: `class ${i % 3}` })
    check(decide(view))
  }
}
