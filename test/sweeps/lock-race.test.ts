import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { LOCK, lockFolder } from '../../src/sweeps/lock.ts'
import { temporaryFolder } from './fakes.ts'

/** Done once, right before the claim of a dead lock is placed. */
const between = vi.hoisted(() => ({ act: (): void => {} }))
vi.mock('node:fs', async original => {
  const fs = await original<typeof import('node:fs')>()
  const writeFileSync: typeof fs.writeFileSync = (file, ...rest) => {
    if (String(file).includes('-after-')) between.act()
    fs.writeFileSync(file, ...rest)
  }
  return { ...fs, writeFileSync }
})

it('leaves the lock to whoever has taken it over since it was found dead', () => {
  const folder = mkdtempSync(join(temporaryFolder(), 'race-'))
  const lock = join(folder, LOCK)
  const dead = { pid: process.pid, host: hostname(), began: 'before this one', token: 'dead' }
  writeFileSync(lock, JSON.stringify(dead))
  const live = JSON.stringify({ pid: 1, host: 'elsewhere', began: '', token: 'live' })
  between.act = () => writeFileSync(lock, live)
  expect(() => lockFolder(folder)).toThrow('process 1 on elsewhere')
  expect(readFileSync(lock, 'utf8')).toBe(live)
  expect(readdirSync(folder)).toEqual([LOCK])
})
