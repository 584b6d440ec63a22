import { type OrderName, orderFactory } from '../../src/ordering/registry.ts'
import type { ReplicaKind } from '../../src/replicas/contract.ts'
import { padOf, stepSecondsOf } from './naive-ledger.ts'
import type { Replica, Request } from './naive-state.ts'

/* Who goes first, by the rule that each order is documented by, over a plain list. */

export interface NaiveOrder {
  /** Those that wait, in no order. */
  readonly waiting: Request[]
  push(request: Request): void
  putBack(request: Request): void
  take(request: Request): void
  compare(a: Request, b: Request): number
  /** Absent where it changes nothing. */
  served?(request: Request, tokens: number): void
}

type Options = Readonly<Record<string, number>>
type Making = (replica: Replica) => NaiveOrder

const known = new WeakMap<object, Making>()

/** The registry's order for a kind, which the naive stepper then keeps by means of its own. */
export function knownOrder(name: OrderName, given: Options, classes: readonly string[]) {
  const order = orderFactory(name, given, classes)
  if (order !== undefined) known.set(order, makings(given)[name as keyof ReturnType<typeof makings>])
  return order
}

export function naiveOrderOf(kind: ReplicaKind): Making | undefined {
  if (kind.order === undefined) return undefined
  const making = known.get(kind.order)
  if (making === undefined) throw new Error(`${kind.name}: the naive stepper does not know its order`)
  return making
}

function makings({ aging_s, input_weight = 1, output_weight = 2, ...ofClass }: Options) {
  const level = ({ requestClass }: Request) => ofClass[requestClass] ?? 0
  const dueS = (request: Request) =>
    request.deadlineS >= 0
      ? request.arrivalS + request.deadlineS
      : request.arrivalS + (ofClass[request.requestClass] ?? Number.POSITIVE_INFINITY)
  return {
    priority: () => sorted(it => (aging_s === undefined ? -level(it) : it.arrivalS - aging_s * level(it))),
    sjf: () => sorted(it => it.predictedTokens),
    'oracle-sjf': () => sorted(it => it.outputTokens),
    edf: () => sorted(dueS),
    'least-slack': replica => sorted(it => dueS(it) - aloneS(replica, it)),
    'fair-share': () => fairShare(input_weight, output_weight),
  } satisfies Record<Exclude<OrderName, 'fcfs'>, Making>
}

function byFirstDifference(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((value, i) => value !== b[i])
  return i < 0 ? 0 : a[i] < b[i] ? -1 : 1
}

function sorted(keyOf: (request: Request) => number): NaiveOrder {
  const waiting: Request[] = []
  // A request has its key for good.
  const keys = new Map<Request, number>()
  const place = (request: Request) => [keys.get(request)!, request.arrivalS, request.ordinal]
  return {
    waiting,
    push(request) {
      keys.set(request, keyOf(request))
      waiting.push(request)
    },
    putBack: request => void waiting.push(request),
    take: request => void waiting.splice(waiting.indexOf(request), 1),
    compare: (a, b) => byFirstDifference(place(a), place(b)),
  }
}

/**
 * What has been charged to each tenant; a tenant that comes to wait again is charged what the least charged that waits
 * has been, or where nobody waits the one that waited last.
 */
function fairShare(inputWeight: number, outputWeight: number): NaiveOrder {
  const waiting: Request[] = []
  const charged = new Map<number, number>()
  const admitted = new Set<Request>()
  let lastToWait: number | undefined
  const chargeOf = (tenant: number) => charged.get(tenant) ?? 0
  const charge = (tenant: number, tokens: number) => charged.set(tenant, chargeOf(tenant) + tokens)
  const place = (request: Request) => [chargeOf(request.tenantId), request.arrivalS, request.ordinal]
  return {
    waiting,
    push(request) {
      const tenant = request.tenantId
      if (!waiting.some(it => it.tenantId === tenant)) {
        const others = waiting.map(it => chargeOf(it.tenantId))
        if (others.length === 0 && lastToWait !== undefined) others.push(chargeOf(lastToWait))
        charged.set(tenant, Math.max(chargeOf(tenant), Math.min(...others, Number.POSITIVE_INFINITY)))
        if (others.length === 0) charged.set(tenant, 0)
      }
      waiting.push(request)
    },
    putBack: request => void waiting.push(request),
    take(request) {
      waiting.splice(waiting.indexOf(request), 1)
      if (!admitted.has(request)) charge(request.tenantId, inputWeight * request.inputTokens)
      admitted.add(request)
      if (!waiting.some(it => it.tenantId === request.tenantId)) lastToWait = request.tenantId
    },
    compare: (a, b) => byFirstDifference(place(a), place(b)),
    served: (request, tokens) => void charge(request.tenantId, outputWeight * tokens),
  }
}

/** Seconds of a request that has the replica to itself: its prompt in one step, then the steps of what is predicted. */
function aloneS(replica: Replica, request: Request): number {
  const { inputTokens, predictedTokens } = request
  const bare = { ordinal: 0, startS: 0, preempted: [], hasContinued: true, seconds: Number.NaN }
  const alone = { ...request, computed: inputTokens }
  const chunks = [{ request: alone, tokens: inputTokens, cached: 0 }]
  const prefillS = stepSecondsOf(replica, { ...bare, decodes: [], chunks }, padInParts(replica))
  const gapS = stepSecondsOf(replica, { ...bare, decodes: [alone], chunks: [] })
  let steps = 0
  while (emittedIn(replica, steps) < predictedTokens - 1) steps++
  return prefillS + steps * gapS
}

/** A prompt longer than a step carries is padded part by part. */
function padInParts({ kind }: Replica): (tokens: number) => number {
  const { tokenBudget, chunkBudget = tokenBudget, maxModelLen, latency } = kind
  const most = Math.min(tokenBudget, chunkBudget, maxModelLen)
  const pad = padOf(latency)
  return tokens => {
    let padded = 0
    let left = tokens
    for (; left >= most; left -= most) padded += pad(most)
    return padded + (left > 0 ? pad(left) : 0)
  }
}

function emittedIn({ kind: { pace } }: Replica, steps: number): number {
  return pace === undefined ? steps : pace.tokensBy(steps)
}
