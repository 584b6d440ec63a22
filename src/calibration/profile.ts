import { UserError } from '../core/errors.ts'
import type { Catalogue, Device, Engine, Fact, NodeKind } from '../scenario/facts.ts'
import type { Calibration, Finding } from './calibrate.ts'

/** A catalogue file: entries that take the place of those of the same id, or add to them. */
export interface ProfileFile {
  readonly engines?: readonly Engine[]
  readonly devices?: readonly Device[]
  readonly nodes?: readonly NodeKind[]
}

/** What the profile is called by default: an engine's profile holds on one device only, a device's takes its place. */
export function defaultId({ fit, start }: Calibration): string {
  return fit === 'engine' ? `${start.engine.id}-${start.device.id}` : start.device.id
}

/**
 * The profile under the id. An id of its own leaves the catalogue's entry beside it: a device then says that the
 * engine runs on it, and nodes of its own carry a device.
 *
 * Throws a UserError where the id is that of another entry.
 *
 * @param source what the fit rests on, in a sentence
 */
export function profileFile(
  calibration: Calibration,
  catalogue: Catalogue,
  id: string,
  source: string,
): ProfileFile {
  const { fit, start, findings } = calibration
  checkFree(catalogue[`${fit}s`], start[fit].id, id)
  const key = newKey(start[fit].sources)
  const { engine, device } = findings
    .filter(isFitted)
    .reduce((before, finding) => finding.parameter.write(before, factOf(finding, key)), start)
  const sources = { [key]: source }
  if (fit === 'engine') {
    return {
      engines: [
        renamed(
          { ...engine, fittedOn: fittedOn(calibration), sources: { ...engine.sources, ...sources } },
          id,
        ),
      ],
      ...(id === engine.id ? {} : { devices: [{ ...device, engines: [...device.engines, id] }] }),
    }
  }
  const devices = [renamed({ ...device, sources: { ...device.sources, ...sources } }, id)]
  if (id === device.id) return { devices }
  return {
    engines: enginesOn(engine, device.id, id),
    devices,
    nodes: nodesOf(catalogue, device.id).map(node => ({ ...node, id: nodeId(node, id), device: id })),
  }
}

/** What the engine's facts were fitted on: as before, and what was measured now. */
function fittedOn({ start, observations }: Calibration): readonly string[] {
  const now = observations.map(
    ({ setup: { device, model, weights } }) => `${device.id} ${model.id} ${weights}`,
  )
  return [...new Set([...(start.engine.fittedOn ?? []), ...now])]
}

/** Nodes of the catalogue that carry the device. */
export function nodesOf({ nodes }: Catalogue, deviceId: string): NodeKind[] {
  return [...nodes.values()].filter(({ device }) => device === deviceId)
}

/** What a node is called that carries a device under another id. */
export function nodeId({ id }: NodeKind, deviceId: string): string {
  return `${id}-${deviceId}`
}

export function isFitted({ error }: Finding): boolean {
  return !Number.isNaN(error)
}

/** Whether the measurements ask for more, or less, than the parameter may be. */
export function isAtBound({ parameter, after }: Finding): boolean {
  return after <= parameter.low || after >= parameter.high
}

/** The value with two standard errors to either side, as far as it may be. */
function factOf({ parameter, after, error }: Finding, source: string): Fact {
  const value = rounded(after)
  const low = Math.min(value, rounded(Math.max(parameter.low, after - 2 * error)))
  const high = Math.max(value, rounded(Math.min(parameter.high, after + 2 * error)))
  return { value, grade: 'measured', source, low, high }
}

/** A profile takes the place of what it was fitted from, and of nothing else. */
function checkFree(entries: ReadonlyMap<string, unknown>, own: string, id: string): void {
  if (id === own || !entries.has(id)) return
  throw new UserError(`--id is ${id}, which the catalogue has already; must be ${own} or a new one`)
}

/** A key for the source of this fit: an entry that is itself of a fit keeps what was said of that one. */
function newKey(sources: Readonly<Record<string, string>>): string {
  for (let number = 1; ; number++) {
    const key = number === 1 ? 'calibration' : `calibration-${number}`
    if (!Object.hasOwn(sources, key)) return key
  }
}

/** To four digits: more would promise what no fit knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

/** Under another id it is no longer what files of measurements call by the names of the first. */
function renamed<Entry extends Engine | Device>(entry: Entry, id: string): Entry {
  if (id === entry.id) return entry
  const { knownAs: _, ...rest } = entry
  return { ...rest, id } as Entry
}

/** The engine with its facts on a device for the same device under another id. */
function enginesOn(engine: Engine, deviceId: string, id: string): Engine[] {
  const facts = engine.onDevice?.[deviceId]
  return facts === undefined ? [] : [{ ...engine, onDevice: { ...engine.onDevice, [id]: facts } }]
}
