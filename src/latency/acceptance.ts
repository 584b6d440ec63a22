/**
 * Chances that at least 1, 2, ... of the tokens that a draft proposes in a step are accepted. A token is accepted only
 * if all before it are.
 *
 * Throws a RangeError at a chance outside 0 to 1, or where there is not one for each of `draftTokens`.
 *
 * @param acceptance chance of a token whose predecessors were accepted: the same for all, or position by position
 */
export function acceptedChances(acceptance: number | readonly number[], draftTokens: number): number[] {
  if (!(Number.isSafeInteger(draftTokens) && draftTokens >= 1)) {
    throw new RangeError(`draftTokens ${draftTokens} is not a whole number above 0`)
  }
  const positions =
    typeof acceptance === 'number' ? new Array<number>(draftTokens).fill(acceptance) : acceptance
  if (positions.length !== draftTokens) {
    throw new RangeError(`${positions.length} acceptances for ${draftTokens} draft tokens`)
  }
  const bad = positions.find(chance => !(chance >= 0 && chance <= 1))
  if (bad !== undefined) throw new RangeError(`acceptance ${bad} is not from 0 to 1`)
  let chance = 1
  return positions.map(position => (chance *= position))
}

/**
 * Mean tokens that a decode emits in a step: those accepted and one of the target's own. For a constant acceptance a
 * and d draft tokens it is (1 − a^(d+1)) / (1 − a) (Leviathan et al., arXiv:2211.17192, equation 1).
 */
export function tokensPerStep(chances: readonly number[]): number {
  return chances.reduce((sum, chance) => sum + chance, 1)
}
