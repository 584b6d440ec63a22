/** Runs one case once and prints what it found as JSON: `node dist-bench/bench/case.js 'million 65 %'`. */
import v8 from 'node:v8'
import { cases } from './cases.ts'

// As src/main.ts does.
v8.setFlagsFromString('--max-inlined-bytecode-size-cumulative=3500')

const [name] = process.argv.slice(2)
const measurement = await cases[name].run()
const peakRssMb = process.resourceUsage().maxRSS / 1024
process.stdout.write(`${JSON.stringify({ ...measurement, peakRssMb })}\n`)
