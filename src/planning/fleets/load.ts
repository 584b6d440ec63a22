import { UserError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'
import { dayAfter, firstDay } from '../../costs/dates.ts'
import { dotted, type KeyPath, type Source } from '../../scenario/document.ts'
import { entryOf } from '../../scenario/entries.ts'
import type { Catalogue, Device } from '../../scenario/facts.ts'
import { validated } from '../../scenario/validate.ts'
import type { OpenTrace } from '../../scenario/workload.ts'
import type { LeftOut } from './contract.ts'
import { checkNames, type Option, optionsOf } from './options.ts'
import { type PlanSpec, planSchema } from './plan-schema.ts'
import { scenarioOf } from './scenario-of.ts'
import { pueOf } from './site.ts'

/** A plan file that makes sense, with what it is to be carried out with. */
export interface Plan {
  readonly source: Source
  readonly spec: PlanSpec
  readonly catalogue: Catalogue
  readonly open: OpenTrace
  /** Ways to use the nodes that can be had. */
  readonly options: readonly Option[]
  /** Candidates that cannot be had on the tariff's date. */
  readonly late: readonly LeftOut[]
}

/**
 * Checks all of a plan that can be checked without a simulation. Throws a UserError that names file, line, key, value
 * and bound.
 *
 * @param open opens what the workload names
 */
export function loadPlan(source: Source, catalogue: Catalogue, open: OpenTrace): Plan {
  const asWritten = validated(planSchema, source)
  const spec = { ...asWritten, pue: pueOf(asWritten, source, catalogue) }
  checkServed(source, spec, catalogue)
  checkWorkload(source, spec)
  const all = spec.candidates.flatMap((_, index) => optionsAt(source, spec, index, catalogue))
  checkNames(source, all)
  scenarioOf(spec, source, { fleet: all.map(option => ({ option, nodes: 1 })), warmupS: 0 })
  const late = spec.candidates.flatMap((_, index) => latenessOf(source, spec, index))
  const options = all.filter(({ candidate }) => !late.some(of => of.candidate === candidate))
  if (options.length === 0) throw new UserError(late.map(({ name, why }) => `${name} ${why}`).join('; '))
  return { source, spec, catalogue, open, options, late: late.map(({ name, why }) => ({ name, why })) }
}

function checkServed({ place, keyPlace }: Source, { model, task, region }: PlanSpec, catalogue: Catalogue) {
  const at = (path: KeyPath) => `${place(path)}: ${dotted(path)}`
  entryOf(catalogue, 'regions', region, at(['region']))
  if (model !== undefined && task !== undefined) {
    throw new UserError(`${keyPlace([], 'task')}: the file has model and task; must have one of them`)
  }
  if (task !== undefined) entryOf(catalogue, 'tasks', task, at(['task']))
  else if (model === undefined) throw new UserError(`${place([])}: the file must have model or task`)
  else {
    for (const id of [model].flat()) entryOf(catalogue, 'models', id, at(['model']))
  }
}

/** There is no fleet yet that requests could wait for, or whose load there could be. */
function checkWorkload({ place, keyPlace }: Source, { workload }: PlanSpec): void {
  if ('closed_loop' in workload) {
    throw new UserError(
      `${place(['workload'])}: workload is a closed loop, which sets its own pace by the fleet; ` +
        'must be a trace, generated or a preset, with rate_per_s or rate_scale',
    )
  }
  if (workload.load !== undefined) {
    throw new UserError(
      `${keyPlace(['workload'], 'load')}: workload.load is ${workload.load}, and there is no fleet yet that it could be ` +
        'a load of; give rate_per_s or rate_scale',
    )
  }
}

function optionsAt(source: Source, spec: PlanSpec, index: number, catalogue: Catalogue): Option[] {
  const at = (path: KeyPath) => `${source.place(path)}: ${dotted(path)}`
  const base: KeyPath = ['candidates', index]
  checkModels(source, spec, index)
  return optionsOf(spec, index, id => {
    const node = entryOf(catalogue, 'nodes', id, at([...base, 'node']))
    const device = entryOf(catalogue, 'devices', node.device, at([...base, 'node']))
    checkEngine(spec.candidates[index].engine, device, at([...base, 'engine']), catalogue)
    return { node, device }
  })
}

/** Of what is no name at all the scenario says what is wrong. */
function checkEngine(engine: unknown, device: Device, where: string, catalogue: Catalogue): void {
  if (typeof engine !== 'string') return
  entryOf(catalogue, 'engines', engine, where)
  if (device.engines.includes(engine)) return
  throw new UserError(
    `${where} is "${engine}", which does not run on ${device.id}; known: ${device.engines.join(', ')}`,
  )
}

/** A candidate serves what the plan is of. */
function checkModels({ place }: Source, spec: PlanSpec, index: number): void {
  const known = [spec.model ?? []].flat()
  const strange = [spec.candidates[index].model ?? []].flat().find(id => !known.includes(id))
  if (strange === undefined) return
  const path: KeyPath = ['candidates', index, 'model']
  throw new UserError(
    `${place(path)}: ${dotted(path)} is "${strange}", which is no model of the plan; ${suggestion(strange, known)}`,
  )
}

/** One entry where the candidate cannot be had yet. */
function latenessOf(source: Source, { candidates, tariff }: PlanSpec, index: number) {
  const { from, name, node } = candidates[index]
  if (from === undefined) return []
  const path: KeyPath = ['candidates', index, 'from']
  const where = `${source.place(path)}: ${dotted(path)}`
  if (tariff.date === undefined) {
    throw new UserError(
      `${where} is ${from}; the plan must have tariff.date, to tell whether it can be had by then`,
    )
  }
  if (firstDay(from, where) < dayAfter(tariff.date, `${source.place(['tariff', 'date'])}: tariff.date`))
    return []
  const why = `can be had from ${from} on, and the plan is for ${tariff.date}`
  return [{ candidate: index, name: name ?? node, why }]
}
