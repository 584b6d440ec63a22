import { UserError } from '../core/errors.ts'
import { suggestion } from '../core/nearest.ts'
import { defaultKv, type Setup, subjectOf } from '../fidelity/subject.ts'
import { deviceOf, dtypeOf, engineOf, modelOf } from '../measurements/names.ts'
import { Unusable } from '../measurements/unusable.ts'
import {
  type Catalogue,
  type Device,
  DTYPES,
  type Dtype,
  type Engine,
  type LlmModel,
} from '../scenario/facts.ts'
import { computeDtype } from '../scenario/hardware.ts'
import { type Draft, LeftOut, type Said } from './formats/contract.ts'

/** What the user says of the setup, by name: it picks measurements, and fills in what they leave out. */
export interface Given {
  readonly device?: string
  readonly engine?: string
  readonly model?: string
  readonly weights?: string
  readonly kv?: string
  readonly tp?: number
}

interface Parts {
  readonly device: Device
  readonly engine: Engine
  readonly model: LlmModel
  readonly weights: Dtype
  readonly kv: Dtype
  readonly tp: number
}
type Kind = keyof Parts
type Part = Parts[Kind]

/** Each part of a setup: what to call it, how a name is looked up, what names there are, and how files say it. */
const PARTS = {
  device: {
    what: 'device',
    lookUp: ([name], catalogue) => deviceOf(catalogue, name),
    known: ({ devices }) => [...devices.keys()],
    said: ({ device }) => [device],
  },
  engine: {
    what: 'engine',
    lookUp: ([name], catalogue) => engineOf(catalogue, name),
    known: ({ engines }) => [...engines.keys()],
    said: ({ engine }) => [engine],
  },
  model: {
    what: 'model',
    lookUp: (names, catalogue) => modelOf(catalogue, ...names),
    known: ({ models }) => [...models.keys()],
    said: ({ models }) => models,
  },
  weights: {
    what: 'format of the weights',
    lookUp: ([name]) => dtypeOf(name),
    known: () => DTYPES,
    said: ({ weights }) => [weights],
  },
  kv: {
    what: 'KV format',
    lookUp: ([name]) => dtypeOf(name),
    known: () => DTYPES,
    said: ({ kv }) => [kv],
  },
  tp: {
    what: 'tensor parallelism',
    lookUp: ([name]) => Number(name),
    known: () => [],
    said: ({ tp }) => [Number.isNaN(tp) ? '' : String(tp)],
  },
} as const satisfies Record<
  Kind,
  {
    what: string
    lookUp: (names: readonly string[], catalogue: Catalogue) => Part
    known: (catalogue: Catalogue) => readonly string[]
    said: (said: Said) => readonly string[]
  }
>

const KINDS = Object.keys(PARTS) as Kind[]

/** KV keeps the width of activations unless an engine is told otherwise, so few write it down. */
const SELDOM_SAID: Kind = 'kv'

/** Finds the setups of measurements. */
export class Setups {
  /** What was taken for granted as neither file nor user says it. */
  readonly assumed = new Set<string>()
  readonly #catalogue: Catalogue
  readonly #wanted: Partial<Record<Kind, Part>>
  /** Names in the file for what the user gave, by kind: unknown ones, and the only ones of their kind. */
  readonly #aliases: Partial<Record<Kind, string>>
  /** What some measurements say, so that those that do not are none to guess at. */
  readonly #said: ReadonlySet<Kind>
  readonly #found = new Map<string, Setup>()

  /** Throws a UserError where what the user gave is not known. */
  constructor(catalogue: Catalogue, given: Given, drafts: readonly Draft[]) {
    this.#catalogue = catalogue
    const kinds = KINDS.filter(kind => given[kind] !== undefined)
    this.#said = new Set(KINDS.filter(kind => drafts.some(({ said }) => namesIn(kind, said).length > 0)))
    this.#wanted = Object.fromEntries(kinds.map(kind => [kind, this.#given(kind, String(given[kind]))]))
    this.#aliases = Object.fromEntries(kinds.map(kind => [kind, this.#alias(kind, drafts)]))
  }

  /**
   * The setup of a measurement, the same object for equal ones. Throws LeftOut where it is not what the user asked
   * for, and a UserError where it is not known, or does not go together.
   */
  of({ place, said }: Draft): Setup {
    this.#checkSaid(said, place)
    const device = this.#part('device', said, place) as Device
    const parts = Object.fromEntries(KINDS.map(kind => [kind, this.#part(kind, said, place, device)]))
    const key = KINDS.map(kind => idOf(parts[kind])).join('\u0000')
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const setup = parts as unknown as Parts
    checkTogether(place, setup)
    this.#found.set(key, setup)
    return setup
  }

  #part(kind: Kind, said: Said, place: string, device?: Device): Part {
    const names = namesIn(kind, said)
    const wanted = this.#wanted[kind]
    if (names.length === 0) return wanted ?? this.#unsaid(kind, device)
    if (names[0] === this.#aliases[kind]) return wanted!
    const part = this.#tried(kind, names)
    if (wanted !== undefined && (part instanceof Unusable || idOf(part) !== idOf(wanted))) {
      throw new LeftOut(`of another ${PARTS[kind].what} than ${idOf(wanted)}`)
    }
    if (!(part instanceof Unusable)) return part
    throw new UserError(
      `${place}: ${part.message}; say which are to be fitted by --${kind}${this.#hint(kind, names[0])}`,
    )
  }

  /** Names all at once that no measurement says. */
  #checkSaid(said: Said, place: string): void {
    const isUnsaid = (kind: Kind) => namesIn(kind, said).length === 0 && this.#wanted[kind] === undefined
    const missing = KINDS.filter(kind => isUnsaid(kind) && kind !== SELDOM_SAID && !this.#said.has(kind))
    if (missing.length === 0) return
    const names = missing.map(kind => PARTS[kind].what).join(', ')
    const flags = missing.map(kind => `--${kind}`).join(', ')
    throw new UserError(`${place}: does not say ${names}; must be given by ${flags}`)
  }

  #unsaid(kind: Kind, device: Device | undefined): Part {
    const { what } = PARTS[kind]
    if (kind !== SELDOM_SAID || device === undefined) throw new LeftOut(`without ${what}`)
    const part = defaultKv(device)
    this.assumed.add(`${what} ${part}`)
    return part
  }

  /** Files say more than the engine's name, such as its version; users say its id. */
  #given(kind: Kind, name: string): Part {
    const isExact = kind !== 'engine' || this.#catalogue.engines.has(name)
    const part = isExact ? this.#tried(kind, [name]) : new Unusable(`no engine is known as "${name}"`)
    if (!(part instanceof Unusable)) return part
    throw new UserError(`--${kind}: ${part.message}${this.#hint(kind, name)}`)
  }

  #alias(kind: Kind, drafts: readonly Draft[]): string | undefined {
    const [name, ...others] = new Set(drafts.map(({ said }) => namesIn(kind, said)[0] ?? ''))
    if (name === undefined || name === '' || others.length > 0) return undefined
    if (!(this.#tried(kind, [name]) instanceof Unusable)) return undefined
    this.assumed.add(`${name} is ${idOf(this.#wanted[kind]!)}`)
    return name
  }

  #tried(kind: Kind, names: readonly string[]): Part | Unusable {
    try {
      return PARTS[kind].lookUp(names, this.#catalogue)
    } catch (error) {
      if (error instanceof Unusable) return error
      throw error
    }
  }

  #hint(kind: Kind, name: string): string {
    return `; ${suggestion(name, PARTS[kind].known(this.#catalogue))}`
  }
}

function namesIn(kind: Kind, said: Said): string[] {
  return PARTS[kind].said(said).filter(name => name !== '')
}

function idOf(part: Part): string {
  return typeof part === 'object' ? part.id : String(part)
}

/** Throws a UserError where the device cannot hold or split the model so, or has no peak for a format. */
function checkTogether(place: string, setup: Setup): void {
  try {
    subjectOf(setup)
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    throw new UserError(`${place}: ${error.message}${formatsOf(setup)}`)
  }
}

function formatsOf({ device }: Setup): string {
  const weights = DTYPES.filter(dtype => computeDtype(device, dtype) !== undefined).join(', ')
  const kvs = Object.keys(device.operators.attentionDecode).join(', ')
  return `; ${device.id} has weights in ${weights} and KV in ${kvs}`
}
