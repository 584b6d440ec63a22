import { checkDecoder, optionsOf } from '../experiments/entrant.ts'
import type { Prepared } from '../experiments/prepare.ts'
import type { Entrant } from '../experiments/race.ts'
import { compositionEntry } from '../routing/composition/composed.ts'
import type { Watch } from '../routing/watch.ts'
import { located } from '../scenario/document.ts'
import { ownPolicy } from '../scenario/own-policies.ts'
import { type PolicyChoice, policyChoices } from '../scenario/schema.ts'
import { canonical } from './canonical.ts'
import type { Experiment } from './experiment.ts'

/** The policies of an experiment, made ready to run; those of the user's own are loaded once. */
export class Entrants {
  readonly #scenarioFile: string
  readonly #watch: Watch | undefined
  readonly #loaded = new Map<string, Promise<Entrant>>()

  constructor({ scenarioFile }: Experiment, watch?: Watch) {
    this.#scenarioFile = scenarioFile
    this.#watch = watch
  }

  /** A policy of a scenario by its place. Throws a UserError where it does not fit the fleet. */
  async of(prepared: Prepared, index: number): Promise<Entrant> {
    const { parsed, fleet } = prepared
    const choice = policyChoices(parsed.scenario.policies)[index]
    const entrant = await this.#entrant(choice)
    located(parsed, ['policies', index], () => checkDecoder(entrant, optionsOf(entrant, fleet), prepared))
    return entrant
  }

  #entrant(choice: PolicyChoice): Promise<Entrant> {
    const key = canonical(choice)
    const loaded = this.#loaded.get(key) ?? this.#load(choice)
    this.#loaded.set(key, loaded)
    return loaded
  }

  async #load(choice: PolicyChoice): Promise<Entrant> {
    const { composition, ...known } = choice
    if (composition !== undefined) return { ...known, entry: compositionEntry(composition) }
    return (await ownPolicy(choice, this.#scenarioFile, this.#watch)) ?? known
  }
}
