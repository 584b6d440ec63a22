/** A course of the league. */
export interface LeagueCourse {
  readonly id: string
  readonly title: string
  /** What is special about it, for who reads the table. */
  readonly about: string
}

/** In order of the table. The experiment of each is `configs/league/<id>.yaml`. */
export const COURSES: readonly LeagueCourse[] = [
  {
    id: 'homogeneous',
    title: 'Homogeneous GPUs',
    about: 'Llama-3.1-70B on 8 replicas of 4 H100, Poisson arrivals, load 0.85.',
  },
  {
    id: 'mixed',
    title: 'Mixed GPU + ASIC',
    about: 'Llama-3.1-70B on 8 replicas of H100 and 8 of Trainium2, chats, load 0.8.',
  },
  {
    id: 'prefix-heavy',
    title: 'Prefix-heavy',
    about:
      'Llama-3.1-8B chats of several turns on 8 L40S that keep prefixes, load 1.35 if nothing were cached.',
  },
  {
    id: 'disaggregated',
    title: 'Disaggregated',
    about:
      'Llama-3.1-70B on 4 replicas of H100 that compute prompts only and 4 that do all, load 1.2 of the latter.',
  },
  {
    id: 'bursty',
    title: 'Bursty',
    about: 'Llama-3.1-8B on 8 L40S and 6 rings of Inferentia2, arrivals with gaps of cv 5, load 0.75.',
  },
  {
    id: 'multi-tenant',
    title: 'Multi-tenant',
    about:
      'The same cards, 40 tenants in 3 classes with prefixes of their own, load 0.9 if nothing were cached.',
  },
]

/** From the root of the project. */
export function experimentFile({ id }: LeagueCourse): string {
  return `configs/league/${id}.yaml`
}
