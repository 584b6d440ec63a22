import type { ReplicaKind } from '../replicas/contract.ts'

type Served = { readonly kind: Pick<ReplicaKind, 'modelId' | 'role'> }

/** The replicas that serve one model. */
export interface ModelReplicas<R> {
  /** Those that requests come to. */
  readonly entry: readonly R[]
  /** Those that take over requests whose prompts are computed; none where nobody hands over. */
  readonly decode: readonly R[]
}

/** The replicas by the model that they serve. @param models how many there are */
export function byModel<R extends Served>(replicas: readonly R[], models: number): ModelReplicas<R>[] {
  return Array.from({ length: models }, (_, model) => {
    const serving = replicas.filter(({ kind }) => (kind.modelId ?? 0) === model)
    const handsOver = serving.some(({ kind }) => kind.role === 'prefill')
    return {
      entry: serving.filter(({ kind }) => kind.role !== 'decode'),
      decode: handsOver ? serving.filter(({ kind }) => kind.role !== 'prefill') : [],
    }
  })
}
