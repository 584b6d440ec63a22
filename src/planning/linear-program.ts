import type { Highs } from 'highs'

/** Coefficients by variable, each of which is at least 0. */
export type Terms = readonly (readonly [variable: number, coefficient: number])[]

export interface Row {
  readonly terms: Terms
  readonly relation: '<=' | '>='
  readonly bound: number
}

export interface LinearProgram {
  readonly goal: 'Minimize' | 'Maximize'
  readonly objective: Terms
  readonly rows: readonly Row[]
}

export interface Solution {
  readonly objective: number
  /** By variable; 0 for those in no term. */
  valueOf(variable: number): number
}

/** What the package is as a module; its types are those of what it is to CommonJS. */
type LoadHighs = () => Promise<Highs>

let loading: Promise<Highs> | undefined

/** Loads the solver, HiGHS (Huangfu and Hall 2018) as WebAssembly, when it is first asked for. */
export function solver(): Promise<Highs> {
  loading ??= import('highs').then(module => (module.default as unknown as LoadHighs)())
  return loading
}

/** What programs without values are called, whose optimum is bounded where there are some. */
const NO_SOLUTION: ReadonlySet<string> = new Set(['Infeasible', 'Primal infeasible or unbounded'])

/**
 * The optimum of a program that is bounded, or undefined where no values meet all rows. Scale programs so that
 * coefficients are about 1: the solver lets rows be broken by 1e-7. Throws an Error where it finds no answer.
 */
export function solve(highs: Highs, program: LinearProgram): Solution | undefined {
  const found = highs.solve(textOf(program), { output_flag: false })
  if (NO_SOLUTION.has(found.Status)) return undefined
  if (found.Status !== 'Optimal') throw new Error(`the solver ended with status ${found.Status}`)
  const columns: Readonly<Record<string, { readonly Primal?: number }>> = found.Columns
  return { objective: found.ObjectiveValue, valueOf: variable => columns[`x${variable}`]?.Primal ?? 0 }
}

/** In CPLEX's LP format, a term a line. */
function textOf({ goal, objective, rows }: LinearProgram): string {
  const constraints = rows.map(
    ({ terms, relation, bound }, row) => `r${row}:\n${sumOf(terms)}\n${relation} ${bound}`,
  )
  return `${goal}\nobj:\n${sumOf(objective)}\nSubject To\n${constraints.join('\n')}\nEnd\n`
}

function sumOf(terms: Terms): string {
  return terms.map(([variable, coefficient]) => `+ ${coefficient} x${variable}`).join('\n')
}
