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

function isLoss(error: Error): boolean {
  return 'syscall' in error || /connection|ECONN|LOADING/i.test(error.message)
}
