import { createHash } from 'node:crypto'
import { type Flavour, randomCourse } from './courses.ts'
import { runFast } from './fast.ts'
import { anyChoice, withClients } from './watched.ts'

/** Bytes of everything that a run finds, cut short. */
export async function digest(seed: number, flavour: Flavour): Promise<string> {
  const random = randomCourse(seed, flavour)
  const course = seed % 4 === 0 ? withClients(random, seed) : random
  const { rows, result } = await runFast(course, anyChoice(seed, course))
  return createHash('sha256')
    .update(JSON.stringify([rows, result]))
    .digest('hex')
}

export async function digests(count: number): Promise<string[]> {
  const found: string[] = []
  for (let seed = 0; seed < count; seed++) {
    found.push(await digest(seed, 'continuous'), await digest(seed, 'dyadic'))
  }
  return found
}
