import { Choices } from './choices.ts'
import type { PolicyFactory } from './contract.ts'

// Vidur `random`, AIBrix `random`, SGLang gateway `random`.

/** Any available replica, each as likely as the next. */
export const random: PolicyFactory = setup => {
  const choices = new Choices(setup)
  return () => choices.draw(setup.random)
}
