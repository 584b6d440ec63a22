import { UserError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { MODALITIES } from '../details.ts'
import { isObject, type JsonObject } from './fields.ts'
import { type NumberDict, numberDict } from './python-dict.ts'
import { type RowLog, unlessBad } from './row-log.ts'

/** Draws the body of a request. */
export interface Body {
  readonly inputTokens: number
  readonly outputTokens: number
  /** Index into `MODALITIES` of what the prompt has most beside text, and the number of all such items. */
  readonly modality: number
  readonly items: number
}

type Field = (random: Random) => number

/** How long a client's requests are from some second on. */
export interface LengthWindow {
  readonly fromS: number
  readonly input: Field
  readonly output: Field
  /** What prompts hold beside text: how many items, and the tokens of each. */
  readonly media: readonly { readonly modality: number; readonly count: Field; readonly tokens: Field }[]
}

/**
 * Reads `chunk-N-dataset.json`: for each window start a dict of lengths and probabilities for each field, as
 * text. Windows without lengths are passed over. Fields other than lengths and counts, such as `reason_ratio`, say
 * nothing of a request's size and are ignored. What is not of this form is a bad row.
 */
export function lengthWindows(name: string, text: string, log: RowLog): LengthWindow[] {
  const windows: LengthWindow[] = []
  const starts = unlessBad(log, name, 'a file of lengths is no JSON of windows', () => objectOf(name, text))
  for (const [start, fields] of Object.entries(starts ?? {})) {
    const place = `${name}: window ${start}`
    const kind = 'a window of lengths cannot be used'
    const window = unlessBad(log, place, kind, () => windowOf(place, Number(start), fields))
    if (window !== undefined) windows.push(window)
  }
  return windows.sort((a, b) => a.fromS - b.fromS)
}

/** The last window that begins at or before a time, or else the first. */
export function windowAt(windows: readonly LengthWindow[], timeS: number): LengthWindow | undefined {
  return windows.findLast(({ fromS }) => fromS <= timeS) ?? windows[0]
}

/** Draws input and output each from a stream of its own, so that they are independent. */
export function drawBody(window: LengthWindow, inputs: Random, outputs: Random): Body {
  let inputTokens = window.input(inputs)
  let items = 0
  let most = 0
  let modality = 0
  for (const medium of window.media) {
    const count = medium.count(inputs)
    let tokens = 0
    for (let item = 0; item < count; item++) tokens += medium.tokens(inputs)
    inputTokens += tokens
    items += count
    if (count > 0 && tokens >= most) {
      most = tokens
      modality = medium.modality
    }
  }
  return { inputTokens, outputTokens: window.output(outputs), modality, items }
}

function objectOf(name: string, text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UserError(`${name}: is not JSON: ${(error as Error).message}`)
  }
  if (isObject(value)) return value
  throw new UserError(`${name}: is no object of windows`)
}

/** Undefined where prompts or outputs have no lengths. */
function windowOf(place: string, fromS: number, fields: unknown): LengthWindow | undefined {
  if (!isObject(fields)) throw new UserError(`${place} is no object of fields`)
  if (!(fromS >= 0))
    throw new UserError(`${place}: begins at ${fromS}; must begin at a number of seconds >= 0`)
  const field = (name: string) => fieldOf(place, name, fields[name])
  const input = field('input_tokens') ?? field('text_tokens')
  const output = field('output_tokens')
  if (input === undefined || output === undefined) return undefined
  const media = MODALITIES.flatMap((name, modality) => {
    const count = field(`${name}_count`)
    const tokens = field(`${name}_tokens`)
    return count && tokens ? [{ modality, count, tokens }] : []
  })
  return { fromS, input, output, media }
}

function fieldOf(place: string, name: string, text: unknown): Field | undefined {
  if (text === undefined) return undefined
  const dict = typeof text === 'string' ? numberDict(text) : undefined
  if (dict === undefined)
    throw new UserError(`${place}: ${name} is no text of a dict of lengths and probabilities`)
  return dict.keys.length === 0 ? undefined : inverse(`${place}: ${name}`, dict)
}

/** Draws by the inverse of the cumulative distribution; probabilities count in proportion to their sum. */
function inverse(place: string, { keys, values }: NumberDict): Field {
  const order = keys.map((_, i) => i).sort((a, b) => keys[a] - keys[b])
  const lengths = Float64Array.from(order, i => keys[i])
  const upTo = new Float64Array(lengths.length)
  let sum = 0
  for (const [at, i] of order.entries()) {
    if (!(values[i] >= 0 && Number.isInteger(keys[i]) && keys[i] >= 0)) {
      throw new UserError(
        `${place} has ${keys[i]}: ${values[i]}; must be a whole length and a probability, both >= 0`,
      )
    }
    sum += values[i]
    upTo[at] = sum
  }
  if (sum === 0) throw new UserError(`${place} has probabilities of sum 0; must be above 0`)
  return random => lengths[firstAbove(upTo, random() * sum)]
}

/** The first place whose value is above x, for rising values of which the last is. */
function firstAbove(rising: Float64Array, x: number): number {
  let low = 0
  let high = rising.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (rising[middle] > x) high = middle
    else low = middle + 1
  }
  return low
}
