/** Loaded before a program, with `--import`: as it ends, it tells its peak of memory on file descriptor 3. */
import { writeSync } from 'node:fs'

process.on('exit', () => {
  writeSync(3, JSON.stringify({ peakRssMb: process.resourceUsage().maxRSS / 1024 }))
})
