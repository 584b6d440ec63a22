/** Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const edits = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
      row.push(swapped ? Math.min(edits, before[j - 2] + 1) : edits)
    }
    before = last
    last = row
  }
  return last[b.length]
}

/** Parts of a name may come in another order: `p99_ttft` is near `ttft_p99_s`. */
function distance(word: string, name: string): number {
  return Math.min(editDistance(word, name), editDistance(inOrder(word), inOrder(name)))
}

function inOrder(name: string): string {
  return name.split(/[_-]/).sort().join('_')
}

/** The names that may have been meant, best first: within a third of the longer word's length, at most three. */
export function nearest(word: string, names: readonly string[]): string[] {
  return names
    .map(name => ({ name, distance: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(name.length, word.length) / 3)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** The end of an error message about an unknown name: the names that may have been meant, or else all of them. */
export function suggestion(word: string, names: readonly string[]): string {
  const meant = nearest(word, names)
  if (meant.length > 0) return `did you mean ${meant.join(' or ')}?`
  return names.length > 0 ? `known: ${names.join(', ')}` : 'there are none'
}
