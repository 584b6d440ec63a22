import type { Fact } from '../scenario/facts.ts'
import type { Parameter, Profile } from './parameters.ts'

/** Some parameters of a profile as coordinates, in each of which 1 is a change worth speaking of. */
export interface Space {
  readonly parameters: readonly Parameter[]
  readonly start: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly profileAt: (point: readonly number[]) => Profile
}

/** The space of the parameters around the profile. */
export function spaceOf(parameters: readonly Parameter[], profile: Profile): Space {
  const coordinates = (value: (parameter: Parameter) => number) =>
    parameters.map(parameter => coordinateOf(parameter, value(parameter)))
  const profileAt = (point: readonly number[]) =>
    parameters.reduce(
      (before, parameter, i) => parameter.write(before, measured(valueAt(parameter, point[i]))),
      profile,
    )
  return {
    parameters,
    start: coordinates(parameter => clamped(parameter, parameter.read(profile))),
    low: coordinates(({ low }) => low),
    high: coordinates(({ high }) => high),
    profileAt,
  }
}

/** The parameter's value at a coordinate. */
export function valueAt({ unit, isRatio, low, high }: Parameter, coordinate: number): number {
  const value = isRatio ? Math.exp(coordinate * unit) : coordinate * unit
  return Math.min(high, Math.max(low, value))
}

/** An error of the coordinate as an error of the value. */
export function errorOf({ unit, isRatio }: Parameter, value: number, coordinateError: number): number {
  return (isRatio ? value : 1) * unit * coordinateError
}

function coordinateOf({ unit, isRatio }: Parameter, value: number): number {
  return (isRatio ? Math.log(value) : value) / unit
}

function clamped({ low, high }: Parameter, value: number): number {
  return Math.min(high, Math.max(low, value))
}

function measured(value: number): Fact {
  return { value, grade: 'measured', source: 'fit' }
}
