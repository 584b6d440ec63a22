import { devicesOf } from '../latency/layout.ts'
import { kvHeadsPerDevice, type Transformer } from '../latency/transformer.ts'
import type { KeyPath } from './document.ts'
import { type PoolParts, parallelismOf } from './pool-parts.ts'

/** Throws a UserError where the replica's layout goes neither with the model nor with the node. */
export function checkLayout(parts: PoolParts): void {
  checkWays(parts)
  checkTp(parts)
  checkExperts(parts)
  checkStages(parts)
  checkLinks(parts)
  checkSlices(parts)
  checkPerNode(parts)
}

function checkWays({ pool, fail }: PoolParts): void {
  const { tp, attention_dp, ep } = pool.replica
  for (const [key, ways] of Object.entries({ attention_dp, ep })) {
    if (tp % ways !== 0) fail(['replica', key], `is ${ways}; must divide tp, ${tp}`)
  }
}

function checkExperts({ pool, model, fail }: PoolParts): void {
  const { ep } = pool.replica
  if (ep > 1 && model.moe === undefined) {
    fail(['replica', 'ep'], `is ${ep}; must be 1, as ${model.id} has no experts`)
  }
  const experts = model.moe?.experts ?? ep
  if (experts % ep !== 0) {
    fail(['replica', 'ep'], `is ${ep}; must divide the experts of ${model.id}, ${experts}`)
  }
}

function checkStages({ pool, node, nodes, model, fail }: PoolParts): void {
  const { tp, pp } = pool.replica
  if (pp > model.layers) {
    fail(['replica', 'pp'], `is ${pp}; must be <= ${model.layers}, the layers of ${model.id}`)
  }
  const islands = (nodes * node.devices) / node.islandDevices
  const most = islands * Math.floor(node.islandDevices / tp)
  if (pp > most) {
    const has = `${nodes} x ${node.id} ${nodes === 1 ? 'has' : 'have'} ${islands} x ${node.islandDevices} devices`
    fail(['replica', 'pp'], `is ${pp}; must be <= ${most}, as ${has}`)
  }
}

function checkLinks({ pool, device, fail }: PoolParts): void {
  const { attention_dp, pp } = pool.replica
  const { collective, sendReceive } = device.operators
  const linked = { attention_dp: [attention_dp, collective], pp: [pp, sendReceive] } as const
  for (const [key, [ways, constants]] of Object.entries(linked)) {
    if (ways > 1 && (constants === undefined || device.linkGbPerS === undefined)) {
      fail(['replica', key], `is ${ways}; must be 1, as ${device.id} has no link for it`)
    }
  }
}

/** Of a pipeline that no node can hold it is the devices on each node that count. */
function checkSlices({ pool, node, fail }: PoolParts): void {
  const { tp } = pool.replica
  const sizes = node.slices?.value
  if (sizes === undefined) return
  const all = devicesOf(parallelismOf(pool.replica))
  const devices = all <= node.devices ? all : tp
  if (sizes.includes(devices)) return
  const makes = devices === tp ? '' : ` and with its stages takes ${devices} devices`
  const bound = `a slice of ${node.id} has ${listed(sizes)} devices`
  fail(['replica', 'tp'], `is ${tp}${makes}; ${bound}`)
}

/** `1, 4 or 8` */
function listed(sizes: readonly number[]): string {
  const [last, ...others] = [...sizes].reverse()
  return others.length === 0 ? String(last) : `${others.reverse().join(', ')} or ${last}`
}

function checkPerNode({ pool, node, fail }: PoolParts): void {
  const { tp, pp, replicas_per_node } = pool.replica
  const islands = Math.floor(node.devices / node.islandDevices)
  const most = Math.floor((islands * Math.floor(node.islandDevices / tp)) / pp)
  if (replicas_per_node !== undefined && replicas_per_node > most) {
    const bound = `must be <= ${most}, as ${node.id} has ${islands} x ${node.islandDevices} devices`
    fail(['replica', 'replicas_per_node'], `is ${replicas_per_node}; ${bound}`)
  }
}

function checkTp({ pool, node, device, model, fail }: PoolParts): void {
  const { tp, attention_dp } = pool.replica
  const path: KeyPath = ['replica', 'tp']
  if (tp > node.islandDevices) {
    fail(path, `is ${tp}; must be <= ${node.islandDevices}, the devices of an island of ${node.id}`)
  }
  const sharers = tp / attention_dp
  const is =
    attention_dp === 1 ? `is ${tp}` : `is ${tp}, ${sharers} for each of ${attention_dp} attention ranks`
  const mistake = attentionMistake(model, model.id, sharers)
  if (mistake !== undefined) fail(path, `${is}; ${mistake}`)
  if (tp > 1 && (device.linkGbPerS === undefined || device.operators.allReduce === undefined)) {
    fail(path, `is ${tp}; must be 1, as ${device.id} has no scale-up link`)
  }
}

/** Why so many devices cannot share the model's attention, as the end of a message; undefined where they can. */
export function attentionMistake(model: Transformer, name: string, sharers: number): string | undefined {
  if (model.heads % sharers !== 0) return `must divide the ${model.heads} heads of ${name}`
  const perDevice = kvHeadsPerDevice(model, sharers)
  const isCopied = sharers > model.kvHeads && sharers % model.kvHeads !== 0
  if (model.mla !== undefined || (Number.isInteger(perDevice) && !isCopied)) return undefined
  return `must divide or be a multiple of the ${model.kvHeads} KV heads of ${name}`
}
