import type { Setup } from '../../fidelity/subject.ts'
import type { Observation } from '../contract.ts'

/** A file of a user's measurements. */
export interface MeasuredFile {
  readonly name: string
  readonly text: string
}

/** What a measurement says of its setup, in the file's own words. Blank, or NaN, where it says nothing. */
export interface Said {
  readonly device: string
  readonly engine: string
  /** Names of the model, the best first. */
  readonly models: readonly string[]
  readonly weights: string
  readonly kv: string
  readonly tp: number
}

/** A measurement whose names are not looked up yet. */
export interface Draft {
  readonly place: string
  readonly said: Said
  /** Throws LeftOut where the measurement cannot serve, and a UserError where it is malformed. */
  readonly observe: (setup: Setup, limits: Limits) => Observation
}

/** What files do not say of how an engine was run. */
export interface Limits {
  /** Most tokens in a step. */
  readonly tokenBudget: number
  /** Most requests that run at once. */
  readonly maxSequences: number
  /** Lengths are drawn evenly from this share of the stated ones to the whole; 1 takes them as stated. */
  readonly lengthsFrom: number
}

/** A kind of file. */
export interface Format {
  readonly about: string
  readonly recognises: (file: MeasuredFile) => boolean
  readonly read: (file: MeasuredFile) => Draft[]
}

/** Why a measurement of the right setup cannot serve. Reasons are few and worded alike, so that they can be counted. */
export class LeftOut extends Error {
  override readonly name = 'LeftOut'
}
