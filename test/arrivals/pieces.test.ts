import { describe, expect, test } from 'vitest'
import { ArrivalBlock, type ArrivalSource } from '../../src/arrivals/contract.ts'
import { Cuttable, fromPieces } from '../../src/arrivals/pieces.ts'
import { fromWhole, readWhole, shareable } from '../../src/arrivals/whole.ts'

interface Row {
  readonly timeS: number
  /** -1 of none. */
  readonly session?: number
  readonly blocks?: readonly number[]
}

const ROWS: readonly Row[] = [
  { timeS: 0 },
  { timeS: 1, session: 7, blocks: [1, 2] },
  { timeS: 2, blocks: [1] },
  { timeS: 6, session: 7, blocks: [1, 2, 3] },
  { timeS: 8, session: 4 },
  { timeS: 9, session: 7 },
]

/** Prompts tell the rows: 1, 2, 3 and so on. */
function source(rows: readonly Row[]): ArrivalSource {
  let isRead = false
  return {
    classes: ['a', 'b'],
    tenants: ['t'],
    fill(block) {
      block.length = 0
      if (isRead) return
      isRead = true
      const details = block.detailed()
      for (const [i, { timeS, session = -1, blocks }] of rows.entries()) {
        block.push(timeS, i + 1, 2, 0, i % 2)
        details.begin(i)
        details.sessionId[i] = session
        details.tenantId[i] = 0
        if (session >= 0) details.thinkS[i] = 0.5
        if (blocks) details.setBlocks(i, 16, blocks)
      }
    },
    close() {},
  }
}

/** Rows as `time prompt session blocks`. */
function textOf(from: ArrivalSource): string[] {
  const texts: string[] = []
  const block = new ArrivalBlock(4)
  for (from.fill(block); block.length > 0; from.fill(block)) {
    const details = block.details!
    for (let row = 0; row < block.length; row++) {
      const ids = [...details.blocksOf(row)].join('+')
      texts.push(`${block.arrivalS[row]} ${block.inputTokens[row]} ${details.sessionId[row]} ${ids}`.trim())
    }
  }
  return texts
}

const whole = await readWhole(source(ROWS))
const cuttable = new Cuttable(whole)

describe('a workload in memory', () => {
  test('reads as it was read, from columns of its own and from shared ones', () => {
    const asRead = ['0 1 -1', '1 2 7 1+2', '2 3 -1 1', '6 4 7 1+2+3', '8 5 4', '9 6 7']
    for (const columns of [whole, shareable(whole)]) {
      expect(textOf(fromWhole(columns))).toEqual(asRead)
      expect(columns).toMatchObject({ classes: ['a', 'b'], tenants: ['t'], length: 6 })
    }
  })
})

describe('pieces of a workload', () => {
  test('have what begins in them, the turns of a session with its first', () => {
    expect(textOf(fromPieces(cuttable, [{ fromS: 1, toS: 3, laterS: 10 }]))).toEqual([
      '0 2 7 1+2',
      '1 3 -1 1',
      '5 4 7 1+2+3',
      '8 6 7',
    ])
  })

  test('come in order of time, wherever they are put', () => {
    const pieces = [
      { fromS: 0, toS: 2, laterS: 5 },
      { fromS: 2, toS: 9, laterS: 0 },
    ]
    const times = textOf(fromPieces(cuttable, pieces)).map(text => Number(text.split(' ')[0]))
    expect(times).toEqual([0, 3, 4, 6, 9, 12])
  })

  test('have sessions and prefix blocks of their own where they come again', () => {
    const twice = [0, 10].map(laterS => ({ fromS: 0, toS: 3, laterS }))
    expect(textOf(fromPieces(cuttable, twice))).toEqual([
      '0 1 -1',
      '1 2 7 1+2',
      '2 3 -1 1',
      '6 4 7 1+2+3',
      '9 6 7',
      '10 1 -1',
      '11 2 15 5+6',
      '12 3 -1 5',
      '16 4 15 5+6+7',
      '19 6 15',
    ])
  })

  test('that cover it once are all of it', () => {
    const cuts = [0, 2, 5, 10].map((fromS, i, all) => ({ fromS, toS: all[i + 1] ?? 99, laterS: 0 }))
    expect(textOf(fromPieces(cuttable, cuts))).toEqual(textOf(fromWhole(whole)))
  })
})
