import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LOCK, lockFolder } from '../../src/sweeps/lock.ts'
import { temporaryFolder } from './fakes.ts'

const parent = temporaryFolder()
const ELSEWHERE = { pid: 1, host: 'elsewhere', began: '', token: 'theirs' }
const newFolder = () => mkdtempSync(join(parent, 'locked-'))

function lockedBy(holder: object | string): string {
  const folder = newFolder()
  writeFileSync(join(folder, LOCK), typeof holder === 'string' ? holder : JSON.stringify(holder))
  return folder
}

/** Number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await new Promise(resolve => child.on('close', resolve))
  return child.pid!
}

function aged(folder: string, seconds: number): string {
  const then = new Date(Date.now() - 1000 * seconds)
  utimesSync(join(folder, LOCK), then, then)
  return folder
}

it('lets one in at a time and says who is in', () => {
  const folder = newFolder()
  const unlock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(`${folder}: is being written to by process ${process.pid}`)
  unlock()
  expect(existsSync(join(folder, LOCK))).toBe(false)
  lockFolder(folder)()
})

it('takes over from a process of this machine that has ended', async () => {
  const folder = lockedBy({ pid: await endedPid(), host: hostname(), began: '1' })
  lockFolder(folder)()
})

it('takes over from a process whose number another has by now', () => {
  const folder = lockedBy({ pid: process.pid, host: hostname(), began: 'before this one' })
  lockFolder(folder)()
})

it('leaves a process of another machine its folder for as long as it gives signs of life', () => {
  expect(() => lockFolder(lockedBy(ELSEWHERE))).toThrow('process 1 on elsewhere')
  lockFolder(aged(lockedBy(ELSEWHERE), 3600))()
})

it('leaves a lock alone that another has taken over meanwhile', () => {
  const folder = newFolder()
  const unlock = lockFolder(folder)
  const other = JSON.stringify(ELSEWHERE)
  writeFileSync(join(folder, LOCK), other)
  unlock()
  expect(readFileSync(join(folder, LOCK), 'utf8')).toBe(other)
})

it('takes over from one who ended while taking over, and leaves nothing behind', async () => {
  const dead = { pid: await endedPid(), host: hostname(), began: '1' }
  const folder = lockedBy({ ...dead, token: 'first' })
  writeFileSync(join(folder, `${LOCK}-after-first`), JSON.stringify({ ...dead, token: 'second' }))
  const unlock = lockFolder(folder)
  expect(readdirSync(folder)).toEqual([LOCK])
  unlock()
  expect(readdirSync(folder)).toEqual([])
})

it('lets one alone take over from a process that has ended', async () => {
  const folder = lockedBy({ pid: await endedPid(), host: hostname(), began: '1', token: 'first' })
  const text = readFileSync(join(folder, LOCK), 'utf8')
  writeFileSync(join(folder, `${LOCK}-after-first`), JSON.stringify(ELSEWHERE))
  expect(() => lockFolder(folder)).toThrow('process 1 on elsewhere')
  expect(readFileSync(join(folder, LOCK), 'utf8')).toBe(text)
})

it('takes over a lock that its process did not come to write', () => {
  expect(() => lockFolder(lockedBy(''))).toThrow('is being written to')
  lockFolder(aged(lockedBy(''), 3600))()
})
