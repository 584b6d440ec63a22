import type { ArrivalBlock } from '../contract.ts'
import { MODALITIES } from '../details.ts'
import type { TraceNames, TraceWriter } from './contract.ts'
import { TRAIT_NAMES, traits } from './traits.ts'

/** The normal form with an object a line, each with what its request has. */
export const regattaJsonl: TraceWriter = {
  carries: TRAIT_NAMES,
  begin: () => ({
    head: '',
    rows(block, names) {
      let text = ''
      for (let row = 0; row < block.length; row++) text += `${JSON.stringify(fieldsOf(block, row, names))}\n`
      return text
    },
  }),
}

function fieldsOf(block: ArrivalBlock, row: number, names: TraceNames): object {
  const { arrivalS, inputTokens, outputTokens, hitTokens, classId } = block
  return {
    arrival_s: arrivalS[row],
    input_tokens: inputTokens[row],
    output_tokens: outputTokens[row],
    ...(traits.class.has(block, row, names.classes) && { class: names.classes[classId[row]] }),
    ...detailsOf(block, row, names),
    ...(hitTokens[row] > 0 && { hit_tokens: hitTokens[row] }),
  }
}

function detailsOf({ details }: ArrivalBlock, row: number, { tenants, models }: TraceNames): object {
  if (details === undefined) return {}
  const { tenantId, modelId, sessionId, turn, turns, thinkS, deadlineS, modality, items, blockTokens } =
    details
  return {
    ...(tenantId[row] >= 0 && { tenant: tenants![tenantId[row]] }),
    ...(modelId[row] >= 0 && { model: models![modelId[row]] }),
    ...(sessionId[row] >= 0 && { session: sessionId[row] }),
    ...(turn[row] > 0 && { turn: turn[row] }),
    ...(turns[row] > 0 && { turns: turns[row] }),
    ...(thinkS[row] >= 0 && { think_s: thinkS[row] }),
    ...(deadlineS[row] >= 0 && { deadline_s: deadlineS[row] }),
    ...(modality[row] > 0 && { modality: MODALITIES[modality[row]] }),
    ...(items[row] > 0 && { items: items[row] }),
    ...(blockTokens[row] > 0 && { block_tokens: blockTokens[row], blocks: [...details.blocksOf(row)] }),
  }
}
