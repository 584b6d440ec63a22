import { fileURLToPath } from 'node:url'

/** A path from the root of the project; the compiled benchmarks lie in dist-bench/bench. */
export function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
