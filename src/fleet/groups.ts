import type { Replica } from '../replicas/replica.ts'

/** The replicas that serve one model. */
export interface ModelReplicas {
  /** Those that requests come to. */
  readonly entry: readonly Replica[]
  /** Those that take over requests whose prompts are computed; none where nobody hands over. */
  readonly decode: readonly Replica[]
}

/** The replicas by the model that they serve. @param models how many there are */
export function byModel(replicas: readonly Replica[], models: number): ModelReplicas[] {
  return Array.from({ length: models }, (_, model) => {
    const serving = replicas.filter(({ kind }) => (kind.modelId ?? 0) === model)
    const handsOver = serving.some(({ kind }) => kind.role === 'prefill')
    return {
      entry: serving.filter(({ kind }) => kind.role !== 'decode'),
      decode: handsOver ? serving.filter(({ kind }) => kind.role !== 'prefill') : [],
    }
  })
}
