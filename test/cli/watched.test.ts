import { expect, it } from 'vitest'
import { standstill } from '../../src/cli/watched.ts'
import { stoppedText, stuckText } from '../../src/cli/whereabouts.ts'
import { Watch } from '../../src/routing/watch.ts'

it('stands still where one call lasts, and only there', () => {
  const watch = new Watch()
  const isStuck = standstill(watch, 0.3)
  const looks = (count: number) => Array.from({ length: count }, () => isStuck())
  expect(looks(5)).not.toContain(true)
  for (let call = 0; call < 5; call++) {
    watch.decide('mine.ts', call, 0)
    expect(looks(3)).not.toContain(true)
    watch.leave()
  }
  watch.decide('mine.ts', 6, 1.5)
  expect(looks(4)).toEqual([false, false, false, true])
})

it('is told in words', () => {
  const watch = new Watch()
  const told = () => [stuckText(watch.read(), 10), stoppedText(watch.read())]
  watch.enter('mine.ts', 'load')
  expect(told()).toEqual([
    expect.stringMatching(/^policy mine\.ts was not loaded within 10 s; --policy-timeout says /),
    'policy mine.ts ended the program while it was loaded',
  ])
  watch.leave()
  watch.decide('mine.ts', 4711, 12.345678901)
  expect(told()).toEqual([
    expect.stringMatching(
      /^policy mine\.ts did not answer decision 4711 at 12\.3457 s of the run for 10 s; /,
    ),
    'policy mine.ts ended the program in decision 4711 at 12.3457 s of the run',
  ])
  watch.leave()
  expect(told()[1]).toBe('policy mine.ts ended the program outside of its decisions')
})
