import { setFlagsFromString } from 'node:v8'

/**
 * MB of the young generation of a thread that runs cells, where V8 itself takes up to 48: what a run makes and drops fits
 * into a fraction of that. Old objects have all the room that they would have else.
 */
export const YOUNG_MB = 12

/** Options of V8, which is told them while it runs. */
export const FLAGS: readonly string[] = [
  // A heap is collected once it is half as large again as what was alive, where V8 by itself waits for up to four times as
  // much. That is the garbage of some thousand cells.
  '--heap-growing-percent=50',
  // Threads live for seconds: code that is compiled at once, if simply, is worth more than the bytecode's size.
  '--always-sparkplug',
]

/**
 * Has V8 run the threads that start from here on, and collect the heaps of all, so that memory does not follow the number
 * of cells. It bounds nothing that is alive: a large run takes what it needs.
 */
export function tuneForCells(): void {
  for (const flag of FLAGS) setFlagsFromString(flag)
}
