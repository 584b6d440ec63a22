import { describe, expect, test } from 'vitest'
import { ArrivalBlock, type ArrivalSource } from '../../../src/arrivals/contract.ts'
import { type GeneratorSpec, generated } from '../../../src/arrivals/generate.ts'
import { zipfTenants } from '../../../src/arrivals/generators/labels.ts'
import type { SessionSpec } from '../../../src/arrivals/sessions/session.ts'
import { meanOf } from '../laws.ts'

const SESSIONS: SessionSpec = {
  turns: { kind: 'geometric', meanTurns: 4, maxTurns: 50 },
  thinkS: { kind: 'exponential', meanS: 20 },
  maxContextTokens: 100_000,
  atCap: 'end',
}
const CHAT: GeneratorSpec = {
  className: 'chat',
  gaps: { kind: 'poisson', ratePerS: 2 },
  input: { kind: 'uniform', minTokens: 20, maxTokens: 300 },
  output: { kind: 'uniform', minTokens: 50, maxTokens: 500 },
  sessions: SESSIONS,
  requests: 4000,
}

interface Turn {
  readonly arrivalS: number
  readonly input: number
  readonly output: number
  readonly classId: number
  readonly tenantId: number
  readonly session: number
  readonly turn: number
  readonly turns: number
  readonly thinkS: number
  readonly deadlineS: number
  readonly blockTokens: number
  readonly blocks: readonly number[]
}

async function turnsOf(source: ArrivalSource, capacity = 4096): Promise<Turn[]> {
  const turns: Turn[] = []
  const block = new ArrivalBlock(capacity)
  for (;;) {
    await source.fill(block)
    if (block.length === 0) return turns
    for (let row = 0; row < block.length; row++) turns.push(turnAt(block, row))
  }
}

function turnAt(block: ArrivalBlock, row: number): Turn {
  const details = block.details!
  return {
    arrivalS: block.arrivalS[row],
    input: block.inputTokens[row],
    output: block.outputTokens[row],
    classId: block.classId[row],
    tenantId: details.tenantId[row],
    session: details.sessionId[row],
    turn: details.turn[row],
    turns: details.turns[row],
    thinkS: details.thinkS[row],
    deadlineS: details.deadlineS[row],
    blockTokens: details.blockTokens[row],
    blocks: [...details.blocksOf(row)],
  }
}

function bySession(turns: readonly Turn[]): Turn[][] {
  const sessions = new Map<number, Turn[]>()
  for (const turn of turns) sessions.set(turn.session, [...(sessions.get(turn.session) ?? []), turn])
  return [...sessions.values()]
}

function chat(change: Partial<SessionSpec>, more: Partial<GeneratorSpec> = {}): ArrivalSource {
  return generated({ ...CHAT, ...more, sessions: { ...SESSIONS, ...change } } as GeneratorSpec, 1)
}

describe('a chat', async () => {
  const turns = await turnsOf(generated(CHAT, 1))
  const sessions = bySession(turns)

  test('has the turns of a session behind one another, all at its start', () => {
    expect(turns).toHaveLength(4000)
    expect(turns.map(turn => turn.session)).toEqual(
      [...turns.map(turn => turn.session)].sort((a, b) => a - b),
    )
    for (const session of sessions) {
      expect(new Set(session.map(turn => turn.arrivalS)).size).toBe(1)
      expect(session.map(turn => turn.turn)).toEqual(session.map((_, i) => i + 1))
      expect(new Set(session.map(turn => turn.turns))).toEqual(new Set([session.length]))
    }
    expect(turns[0].arrivalS).toBe(0)
  })

  test('has a context that grows by every output and input', () => {
    for (const session of sessions) {
      for (let i = 1; i < session.length; i++) {
        const added = session[i].input - session[i - 1].input - session[i - 1].output
        expect(added).toBeGreaterThanOrEqual(20)
        expect(added).toBeLessThanOrEqual(300)
      }
    }
  })

  test('thinks before every turn but the first', () => {
    expect(turns.every(turn => Number.isNaN(turn.thinkS) === (turn.turn === 1))).toBe(true)
    const thinks = turns.map(turn => turn.thinkS).filter(thinkS => !Number.isNaN(thinkS))
    expect(Math.abs(meanOf(thinks) / 20 - 1)).toBeLessThan(5 / Math.sqrt(thinks.length))
  })

  test('has the mean of its turns', () => {
    const sd = Math.sqrt(12)
    expect(Math.abs(meanOf(sessions.map(session => session.length)) - 4)).toBeLessThan(
      (5 * sd) / Math.sqrt(sessions.length),
    )
  })

  test('is the same whatever blocks it is read by', async () => {
    expect(await turnsOf(generated(CHAT, 1), 7)).toEqual(turns)
  })

  test('has bodies that depend on seed, session and turn alone', async () => {
    const slower = await turnsOf(generated({ ...CHAT, gaps: { kind: 'even', ratePerS: 0.1 } }, 1))
    const bodies = (of: readonly Turn[]) => of.map(({ arrivalS: _, ...body }) => body)
    expect(bodies(slower)).toEqual(bodies(turns))
    const fewer = await turnsOf(chat({ turns: { kind: 'fixed', turns: 2 } }))
    for (const session of bySession(fewer)) {
      const same = sessions[session[0].session]
      if (same !== undefined) expect(session[0].input).toBe(same[0].input)
    }
  })
})

test('the last session is cut where requests end', async () => {
  const turns = await turnsOf(chat({ turns: { kind: 'fixed', turns: 7 } }, { requests: 24 }))
  expect(turns).toHaveLength(24)
  expect(turns.at(-1)).toMatchObject({ session: 3, turn: 3, turns: 3 })
})

test('sessions begin before the duration is over', async () => {
  const { requests: _, ...endless } = CHAT
  const turns = await turnsOf(
    generated({ ...endless, gaps: { kind: 'even', ratePerS: 1 }, durationS: 10 }, 1),
  )
  expect(new Set(turns.map(turn => turn.arrivalS)).size).toBe(10)
})

describe('turns', () => {
  test('continue as likely as the table says', async () => {
    const shares = [0.102, 0.506, 0.735, 0.93]
    const sessions = bySession(
      await turnsOf(
        chat(
          { turns: { kind: 'continues', shares, maxTurns: 400 }, atCap: 'truncate' },
          { requests: 40_000 },
        ),
      ),
    ).slice(0, -1)
    for (const [i, share] of shares.entries()) {
      const reached = sessions.filter(session => session.length > i)
      const further = reached.filter(session => session.length > i + 1)
      const bound = 5 * Math.sqrt((share * (1 - share)) / reached.length)
      expect(Math.abs(further.length / reached.length - share)).toBeLessThan(bound)
    }
  })

  test('come as the table has them', async () => {
    const rows = [
      [1, 0.5],
      [3, 0.5],
    ] as const
    const sessions = bySession(await turnsOf(chat({ turns: { kind: 'table', rows } })))
    const ones = sessions.filter(session => session.length === 1).length / sessions.length
    expect(Math.abs(ones - 0.5)).toBeLessThan(0.06)
    expect(new Set(sessions.slice(0, -1).map(session => session.length))).toEqual(new Set([1, 3]))
  })
})

describe('at the cap of the context', () => {
  const long: Partial<SessionSpec> = { turns: { kind: 'fixed', turns: 30 }, maxContextTokens: 4000 }

  test('a session ends', async () => {
    for (const session of bySession(await turnsOf(chat({ ...long, atCap: 'end' })))) {
      expect(session.every(turn => turn.input + turn.output <= 4000)).toBe(true)
      expect(session.length).toBeLessThan(30)
      expect(session[0].turns).toBe(session.length)
    }
  })

  test('or drops its oldest tokens and goes on', async () => {
    const sessions = bySession(await turnsOf(chat({ ...long, atCap: 'truncate', blockTokens: 16 })))
    for (const session of sessions.slice(0, -1)) {
      expect(session).toHaveLength(30)
      expect(session.every(turn => turn.input + turn.output <= 4000)).toBe(true)
      const atCap = session.filter(turn => turn.input + turn.output === 4000)
      expect(atCap.length).toBeGreaterThan(10)
      const [before, cut] = [session[session.indexOf(atCap[0]) - 1], atCap[0]]
      expect(before.blocks.filter(id => cut.blocks.includes(id))).toEqual([])
    }
  })

  test('or drops more, and has room again', async () => {
    const change = { ...long, atCap: 'truncate', keptShare: 0.5, blockTokens: 16 } as const
    for (const session of bySession(await turnsOf(chat(change))).slice(0, -1)) {
      const cuts = session.filter((turn, i) => i > 0 && turn.input < session[i - 1].input)
      expect(cuts.length).toBeGreaterThan(1)
      for (const cut of cuts) expect(cut.input + cut.output).toBe(2000)
    }
  })

  test('the first turn is cut to fit', async () => {
    const [turn] = await turnsOf(
      chat({ firstInput: { kind: 'fixed', tokens: 9000 }, maxContextTokens: 4000 }),
    )
    expect(turn.input + turn.output).toBe(4000)
  })
})

describe('prefix blocks', () => {
  const prefixes = {
    levels: [
      { nodes: 5, zipf: 1, tokens: { kind: 'uniform', minTokens: 500, maxTokens: 900 } as const },
      { nodes: 3, zipf: 1, tokens: { kind: 'uniform', minTokens: 100, maxTokens: 300 } as const },
    ],
    byTenant: false,
  }

  test('list the whole blocks of a prompt', async () => {
    for (const turn of await turnsOf(chat({ prefixes, blockTokens: 64 }))) {
      expect(turn.blockTokens).toBe(64)
      expect(turn.blocks).toHaveLength(Math.floor(turn.input / 64))
    }
  })

  test('of a turn are those of the turn before, and more', async () => {
    for (const session of bySession(await turnsOf(chat({ prefixes, blockTokens: 16 })))) {
      for (let i = 1; i < session.length; i++) {
        const before = session[i - 1].blocks
        expect(session[i].blocks.slice(0, before.length)).toEqual(before)
      }
    }
  })

  test('with equal ids stand behind equal blocks, and no id is there twice in a prompt', async () => {
    const behind = new Map<number, string>()
    for (const { blocks } of await turnsOf(chat({ prefixes, blockTokens: 64 }))) {
      expect(new Set(blocks).size).toBe(blocks.length)
      for (const [i, id] of blocks.entries()) {
        const before = i === 0 ? 'none' : String(blocks[i - 1])
        expect(behind.get(id) ?? before).toBe(before)
        behind.set(id, before)
      }
    }
  })

  test('are shared by sessions as Zipf has it, and nothing beyond the prefix is', async () => {
    const sessions = bySession(await turnsOf(chat({ prefixes, blockTokens: 16 }, { requests: 8000 })))
    const first = sessions.map(([turn]) => turn)
    const counts = new Map<number, number>()
    for (const { blocks } of first) counts.set(blocks[0], (counts.get(blocks[0]) ?? 0) + 1)
    const sorted = [...counts.values()].sort((a, b) => b - a)
    expect(sorted).toHaveLength(5)
    const total = 1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5
    expect(Math.abs(sorted[0] / first.length - 1 / total)).toBeLessThan(5 * Math.sqrt(0.25 / first.length))
    const users = new Map<number, Set<number>>()
    for (const { blocks, session } of first) {
      for (const id of blocks) users.set(id, (users.get(id) ?? new Set()).add(session))
    }
    for (const { blocks } of first.slice(0, 200)) {
      const shared = blocks.filter(id => users.get(id)!.size > 1).length
      expect(shared * 16).toBeGreaterThan(500 - 16)
      expect(shared * 16).toBeLessThanOrEqual(1200)
    }
  })

  test('of tenants are their own where asked', async () => {
    const tenants = zipfTenants(4, 0)
    const more = { labels: { classes: [{ className: 'chat', share: 1 }], tenants } }
    const owners = new Map<number, Set<number>>()
    for (const turn of await turnsOf(
      chat({ prefixes: { ...prefixes, byTenant: true }, blockTokens: 16 }, more),
    )) {
      owners.set(turn.blocks[0], (owners.get(turn.blocks[0]) ?? new Set()).add(turn.tenantId))
    }
    expect(owners.size).toBe(20)
    for (const tenants of owners.values()) expect(tenants.size).toBe(1)
  })

  test('that leave no room are refused', async () => {
    const source = chat({ prefixes, maxContextTokens: 600 })
    await expect(turnsOf(source)).rejects.toThrow(
      /a prefix has \d+ tokens; must be less than maxContextTokens, 600/,
    )
  })

  test('of requests that are alone are in no session', async () => {
    const turns = await turnsOf(chat({ turns: { kind: 'fixed', turns: 1 }, prefixes, blockTokens: 64 }))
    expect(new Set(turns.map(turn => turn.session))).toEqual(new Set([-1]))
    expect(new Set(turns.map(turn => turn.turn))).toEqual(new Set([0]))
  })
})

describe('labels', () => {
  const labels: GeneratorSpec['labels'] = {
    classes: [
      { className: 'interactive', share: 0.7, deadlineS: 10 },
      { className: 'batch', share: 0.3 },
    ],
    tenants: zipfTenants(10, 1),
  }

  test('are one for all turns of a session, in their shares, with the deadline of the class', async () => {
    const turns = await turnsOf(chat({}, { labels, requests: 20_000 }))
    const sessions = bySession(turns)
    for (const session of sessions) {
      expect(new Set(session.map(turn => `${turn.classId} ${turn.tenantId}`)).size).toBe(1)
    }
    for (const turn of turns) expect(turn.deadlineS).toEqual(turn.classId === 0 ? 10 : Number.NaN)
    const share = (of: (turn: Turn) => boolean) =>
      sessions.filter(([turn]) => of(turn)).length / sessions.length
    const bound = 5 * Math.sqrt(0.25 / sessions.length)
    expect(Math.abs(share(turn => turn.classId === 1) - 0.3)).toBeLessThan(bound)
    expect(Math.abs(share(turn => turn.tenantId === 0) - 1 / 2.929)).toBeLessThan(bound)
  })

  test('leave times and lengths of plain requests as they are', async () => {
    const { sessions: _, ...plain } = CHAT
    const [bare, labelled] = [plain, { ...plain, labels }].map(spec => generated(spec as GeneratorSpec, 1))
    const block = new ArrivalBlock()
    bare.fill(block)
    const were = block.inputTokens.slice()
    expect(labelled.classes).toEqual(['interactive', 'batch'])
    expect(labelled.tenants).toHaveLength(10)
    const turns = await turnsOf(labelled)
    expect(turns.slice(0, 4000).map(turn => turn.input)).toEqual([...were.slice(0, 4000)])
    expect(new Set(turns.map(turn => turn.session))).toEqual(new Set([-1]))
  })

  test('refuse names that are there twice', () => {
    const twice = [1, 1].map(() => ({ className: 'a', share: 0.5 }))
    expect(() => chat({}, { labels: { classes: twice } })).toThrow(
      'class "a" is there twice; names must differ',
    )
  })
})
