import type { EventEmitter } from 'node:events'
import type { RedisAddress } from './address.ts'

/** A queue or a worker, and the client by which it talks to Redis. */
export interface Connected extends EventEmitter {
  getBackend(): { readonly client: Promise<{ on(event: string, listener: () => void): unknown }> }
}

/** Says when a Redis that was there goes away and when it is back, once each, and whatever else goes wrong. */
export function tellAbsence(
  { shown }: RedisAddress,
  connected: Connected,
  say: (text: string) => void,
): void {
  let isAway = false
  connected.on('error', (error: Error) => {
    if (!isLoss(error)) return say(error.message)
    if (!isAway) say(`Redis at ${shown} has gone away; waiting for it`)
    isAway = true
  })
  const tellReturn = () => {
    if (isAway) say(`Redis at ${shown} is back`)
    isAway = false
  }
  connected
    .getBackend()
    .client.then(client => client.on('ready', tellReturn))
    .catch(() => {})
}

/** A minute of waiting is worth saying again. */
const REMINDER_S = 60

/**
 * Says when there is no worker, when the first comes and when the last is gone, once each, and every minute that there
 * is none for how long. To be told every so often how many there are.
 *
 * @param nowS seconds of a clock that never goes back
 */
export function workersTold(
  shown: string,
  say: (text: string) => void,
  nowS: () => number = () => performance.now() / 1000,
): (workers: number) => void {
  let before: number | undefined
  let sinceS = nowS()
  let saidS = sinceS
  const start = `start one by: regatta worker --redis ${shown}`
  const tell = (text: string) => {
    saidS = nowS()
    say(text)
  }
  return workers => {
    if (workers > 0 && !before) tell(before === undefined ? 'workers are there' : 'a worker is there')
    else if (workers === 0 && before === undefined) tell(`no worker is there yet; ${start}`)
    else if (workers === 0 && before! > 0) {
      sinceS = nowS()
      tell(`the last worker is gone; ${start}`)
    } else if (workers === 0 && nowS() - saidS >= REMINDER_S) {
      tell(`no worker has been there for ${Math.round((nowS() - sinceS) / 60)} min; ${start}`)
    }
    before = workers
  }
}

function isLoss(error: Error): boolean {
  return 'syscall' in error || /connection|ECONN|LOADING/i.test(error.message)
}
