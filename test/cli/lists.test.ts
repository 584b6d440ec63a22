import { afterAll, describe, expect, it } from 'vitest'
import { Workplace } from './program.ts'

const place = new Workplace()
afterAll(() => place.remove())

describe.concurrent('a list', () => {
  it('of policies is of one where it is named, with its options', async () => {
    const { code, stdout } = await place.run('policies', 'power-of-two')
    expect(code).toBe(0)
    const names = stdout
      .trimEnd()
      .split('\n')
      .map(line => line.trim().split(' ')[0])
    expect(names).toEqual(['policy', 'power-of-two', 'choices'])
  })

  it.each([
    ['softmax-picker', /^policies\.picker /],
    ['token-bucket', /^gateway\.admission /],
    ['fair-share', /^batcher\.order /],
  ])('has %s under its own heading', async (name, heading) => {
    const { stdout } = await place.run('policies', name)
    expect(stdout).toMatch(heading)
    expect(stdout.split('\n')[1].split(' ')[0]).toBe(name)
  })

  it.each(['summary', 'summary.csv'])('of columns is of %s where it is named', async name => {
    const { stdout } = await place.run('columns', name, '--markdown')
    expect(stdout.match(/^## .*$/gm)).toEqual(['## summary.csv'])
  })

  it.each([
    ['policies power-of-tow', "'power-of-tow'; did you mean power-of-two?"],
    ['columns sumary.csv', "'sumary.csv'; did you mean summary?"],
  ])('says what %s may have meant', async (args, says) => {
    const { code, stdout, stderr } = await place.run(...args.split(' '))
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(says)
  })
})
