/* Replicas by turns on the same devices. */

export interface NaiveDevices {
  readonly patienceS: number
  readonly loadS: ReadonlyMap<number, number>
  /** Who waits for the devices, and since when. */
  readonly waiting: { readonly id: number; readonly sinceS: number }[]
  /** Whose weights are there, or coming. */
  loaded: number
  /** When they are there; -Infinity once they are. */
  loadedS: number
  /** When weights came last. */
  cameS: number
  /** Whether the one that is loaded has something to run. */
  isBusy: boolean
}

export function newDevices(
  replicas: readonly number[],
  loadS: readonly number[],
  patienceS: number,
): NaiveDevices {
  return {
    patienceS,
    loadS: new Map(replicas.map((id, i) => [id, loadS[i]])),
    waiting: [],
    loaded: replicas[0],
    loadedS: Number.NEGATIVE_INFINITY,
    cameS: Number.NEGATIVE_INFINITY,
    isBusy: false,
  }
}

export function nextLoadS({ loadedS }: NaiveDevices): number {
  return loadedS === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : loadedS
}

/** The weights are there; whoever asked for them has work. */
export function endLoad(devices: NaiveDevices): void {
  devices.cameS = devices.loadedS
  devices.loadedS = Number.NEGATIVE_INFINITY
  devices.isBusy = true
}

/** Whether a replica with work may do it now; it waits from now on if not. */
export function mayRun(devices: NaiveDevices, id: number, nowS: number): boolean {
  if (devices.loaded === id && devices.loadedS === Number.NEGATIVE_INFINITY) {
    stopWaiting(devices, id)
    devices.isBusy = true
    return true
  }
  startWaiting(devices, id, nowS)
  if (!devices.isBusy) giveUp(devices, nowS)
  return false
}

export function startWaiting({ waiting }: NaiveDevices, id: number, nowS: number): void {
  if (!waiting.some(it => it.id === id)) waiting.push({ id, sinceS: nowS })
}

function stopWaiting({ waiting }: NaiveDevices, id: number): void {
  const place = waiting.findIndex(it => it.id === id)
  if (place >= 0) waiting.splice(place, 1)
}

/** The loaded one has nothing to run: the one that has waited longest comes, if any does and none is coming. */
export function giveUp(devices: NaiveDevices, nowS: number): void {
  devices.isBusy = false
  if (devices.loadedS !== Number.NEGATIVE_INFINITY) return
  // In order of beginning to wait.
  const next = devices.waiting.find(it => it.id !== devices.loaded)
  if (next === undefined) return
  stopWaiting(devices, next.id)
  devices.loaded = next.id
  devices.loadedS = nowS + devices.loadS.get(next.id)!
}

/** Whether others have waited so long that the loaded one may take nothing more in; it may when its weights come. */
export function isClosed({ waiting, loaded, patienceS, cameS }: NaiveDevices, nowS: number): boolean {
  return nowS !== cameS && waiting.some(it => it.id !== loaded && it.sinceS <= nowS - patienceS)
}
