import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes by which the heap has grown after 100,000 of something, warmed up. */
export function heapGrowthOver100k(run: (times: number) => void): number {
  const growth = () => {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    run(100_000)
    collectGarbage()
    return process.memoryUsage().heapUsed - before
  }
  run(20_000)
  // The heap also grows by what is compiled meanwhile: what somebody holds on to grows every time.
  return Math.min(growth(), growth(), growth())
}
