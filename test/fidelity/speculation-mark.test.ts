import { expect, it } from 'vitest'
import { markOf, speculates } from '../../src/fidelity/speculation-mark.ts'
import { type Cells, servedRow } from './served-toy.ts'

const OK: Cells = { quality: 'ok' }

it.each([
  [{ state: 'plain' }, {}],
  [{ state: 'plain' }, { note: 'mtp0' }],
  [{ state: 'plain' }, { note: 'the attempt3 of it' }],
  [{ state: 'speculating', method: 'mtp', draftTokens: 3 }, { note: 'dep8; mtp3' }],
  [{ state: 'speculating', method: 'mtp', draftTokens: 1 }, { scenario: 'closed-loop MTP=1' }],
  [{ state: 'speculating', method: 'mtp' }, { engine: 'trtllm 1 + MTP' }],
  [{ state: 'speculating', method: 'mtp', draftTokens: 2 }, { note: 'mtp, num_speculative_tokens=2' }],
  [{ state: 'speculating', method: 'eagle' }, { note: 'EAGLE3' }],
  [{ state: 'speculating', method: 'eagle', draftTokens: 4 }, { note: 'eagle; draft tokens 4' }],
  [{ state: 'not recorded' }, { note: 'SPECULATIVE DECODING (MTP) STATE NOT RECORDED' }],
  [{ state: 'not recorded' }, { quality: 'spec-decode-unknown: TPOT bimodal' }],
])('reads %j in %j', (mark, cells) => {
  const row = servedRow({ ...OK, ...cells })
  expect(markOf(row)).toEqual(mark)
  expect(speculates(row)).toBe(mark.state === 'speculating')
})
