/**
 * `npm run bench:prefixes`: nanoseconds for each block of a prompt that is matched against all caches of a fleet, two
 * replicas asked what they hold of it; and for each replica where all of them are asked. Between two matches a
 * millisecond passes, and something happens at four busy replicas: that is left out of the figures.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import { chunkedPrefill } from '../src/batching/chunked-prefill.ts'
import { Calendar } from '../src/core/calendar.ts'
import { below, stream } from '../src/core/random.ts'
import { ConstantEnergy } from '../src/energy/constant.ts'
import { Grid } from '../src/energy/grid.ts'
import { PrefixMatches } from '../src/fleet/prefix-matches.ts'
import type { RouterSetup } from '../src/fleet/router-setup.ts'
import { Linear } from '../src/latency/linear.ts'
import type { ReplicaKind } from '../src/replicas/contract.ts'
import { prefixCacheOf } from '../src/replicas/prefix-cache.ts'
import { PrefixHoldings } from '../src/replicas/prefix-holdings.ts'
import { Replica } from '../src/replicas/replica.ts'
import { RequestTable } from '../src/requests/table.ts'
import { LogBins } from '../src/results/log-bins.ts'
import { columnsText } from './text.ts'

// As src/main.ts does.
v8.setFlagsFromString('--max-inlined-bytecode-size-cumulative=3500')

const SIZES = [16, 256, 4096]
const BLOCKS = [4, 16, 64]
const BLOCK_TOKENS = 64
const STEP_S = 0.012
const ROUNDS = 5
const ROUND_US = 50_000
const FEW = 3
const CHANGES = 4
/** Replicas at which anything happens: their state is near at hand. */
const BUSY = 16
/** For so long nothing ends. */
const SPAN_MS = 5000

/** How many leading blocks of a prompt a replica holds. */
type Held = (replica: number, blocks: number, replicas: number) => number

const HELD: Readonly<Record<string, Held>> = {
  'few hold all': (replica, blocks) => (replica < FEW ? blocks : 0),
  'few hold all, all the first': (replica, blocks) => (replica < FEW ? blocks : 1),
  'all hold all': (_, blocks) => blocks,
  'all hold some': (replica, blocks, replicas) => Math.ceil((blocks * (replica + 1)) / replicas),
}

const KIND: ReplicaKind = {
  name: 'replica',
  deviceKind: 'gpu',
  devices: 1,
  latency: new Linear({ stepS: STEP_S, tokenS: 1e-5, contextTokenS: 1e-9 }),
  energy: new ConstantEnergy({ idleWatts: 1, busyWatts: 2 }),
  batcher: chunkedPrefill,
  tokenBudget: 8192,
  maxSequences: 64,
  maxModelLen: 2 ** 20,
  kvBlocks: 2 ** 16,
  blockTokens: 16,
  watermarkBlocks: 0,
  frontEndS: 0,
  usdPerHour: 1,
  saturationRequestsPerS: 1,
  saturationTokensPerS: 1,
  prefixCache: { bytesPerToken: 1 },
}

const [size] = process.argv.slice(2)
if (size === undefined) printTable()
else process.stdout.write(JSON.stringify(figuresOf(Number(size))))

function printTable(): void {
  const file = fileURLToPath(import.meta.url)
  const columns = SIZES.map(
    size =>
      JSON.parse(execFileSync(process.execPath, [file, String(size)], { encoding: 'utf8' })) as number[],
  )
  const names = Object.keys(HELD).flatMap(held => BLOCKS.map(blocks => `${blocks} blocks, ${held}`))
  const rows = names.map((name, row) => [
    name,
    ...columns.map(figures => figures[2 * row].toFixed(1)),
    ...columns.map(figures => figures[2 * row + 1].toFixed(1)),
  ])
  const sizes = SIZES.map(size => size.toLocaleString('en-US'))
  const head = ['', ...sizes.map(size => `a block, ${size}`), ...sizes.map(size => `a replica, ${size}`)]
  process.stdout.write(`${columnsText([head, ...rows])}\n`)
}

/** Row by row: nanoseconds a block, and nanoseconds a replica. */
function figuresOf(replicas: number): number[] {
  return Object.values(HELD).flatMap(held =>
    BLOCKS.flatMap(blocks => {
      const matching = matchingOf(replicas, blocks, held)
      const [nobody, two, all] = [0, 2, replicas].map(asked => leastNs(() => matching(asked)))
      return [(two - nobody) / blocks, (all - nobody) / replicas]
    }),
  )
}

/** Of the processor, which is told in steps of milliseconds: the least of some rounds that are long enough. */
function leastNs(once: () => void): number {
  let times = 1
  while (usOf(once, times) < ROUND_US) times *= 2
  let leastUs = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) leastUs = Math.min(leastUs, usOf(once, times))
  return (leastUs * 1000) / times
}

function usOf(once: () => void, times: number): number {
  const began = process.cpuUsage()
  for (let i = 0; i < times; i++) once()
  return process.cpuUsage(began).user
}

/** A fleet that decodes, and what matches the prompt and asks so many replicas what they hold of it. */
function matchingOf(replicas: number, blocks: number, held: Held): (asked: number) => number {
  const calendar = new Calendar(replicas)
  const requests = new RequestTable()
  const crew = crewOf(replicas, calendar, requests)
  const prompt = requestOf(requests, blocks)
  const setup = { calendar, requests, signals: { spec: {} } } as unknown as RouterSetup
  const matches = new PrefixMatches(crew, setup, prompt)
  for (const [id, replica] of crew.entries()) replica.deliver(requestOf(requests, held(id, blocks, replicas)))
  settle(calendar, crew)
  const random = stream('bench', 'prefixes')
  const beganS = calendar.clock[0]
  let match = 0
  return asked => {
    for (let i = 0; i < CHANGES; i++) crew[below(random, BUSY)].changes()
    calendar.clock[0] = beganS + (match++ % SPAN_MS) / 1000
    matches.turnTo(prompt)
    let tokens = 0
    for (let replica = 0; replica < asked; replica++) tokens += matches.tokensOf(replica)
    return tokens
  }
}

function crewOf(replicas: number, calendar: Calendar, requests: RequestTable): Replica[] {
  const grid = new Grid({ gramsPerKwh: [100] }, 1)
  const listener = { ended() {}, answered() {}, prefilled() {} }
  const setup = { calendar, requests, grid, itl: new LogBins(), listener, stepByStep: false }
  return Array.from({ length: replicas }, (_, id) => {
    const cache = prefixCacheOf({ bytesPerToken: 1 }, BLOCK_TOKENS, KIND.blockTokens)
    const prefixes = new PrefixHoldings(requests, requests.notes.blocks, cache)
    return new Replica(id, id, KIND, setup, { prefixes })
  })
}

/** A request whose prompt is so many blocks and a token, the same blocks for all. */
function requestOf(requests: RequestTable, blocks: number): number {
  const request = requests.take()
  requests.inputTokens[request] = blocks * BLOCK_TOKENS + 1
  requests.outputTokens[request] = 100_000
  requests.notes.blocks.set(
    request,
    Int32Array.from({ length: blocks }, (_, i) => 7919 * (i + 1)),
    BLOCK_TOKENS,
  )
  return request
}

/** Until all prompts are computed. */
function settle(calendar: Calendar, crew: readonly Replica[]): void {
  while (crew.some(({ look }) => look.waiting > 0 || look.pendingPrefillTokens > 0)) {
    if (!calendar.due()) return
    crew[calendar.first()].act()
  }
}
