import type { Highs } from 'highs'

/** Coefficients by variable; variables are at least 0. */
export type Terms = readonly (readonly [variable: number, coefficient: number])[]

export interface Row {
  readonly terms: Terms
  readonly relation: '<=' | '>=' | '='
  readonly bound: number
}

export interface LinearProgram {
  readonly goal: 'Minimize' | 'Maximize'
  readonly objective: Terms
  readonly rows: readonly Row[]
  /** Variables that take whole numbers only; none by default. */
  readonly integers?: readonly number[]
}

/** How nearly a program with integers is solved; without any, the optimum is found anyway. */
export interface Precision {
  /** Share of the objective by which it may miss the optimum; that of the solver, 1e-4, by default. */
  readonly gap?: number
}

export interface Solution {
  readonly objective: number
  /** By variable; 0 for those in no term. */
  valueOf(variable: number): number
}

let loading: Promise<Highs> | undefined

/** Loads the solver, HiGHS (Huangfu and Hall 2018) as WebAssembly, once and only where somebody asks for it. */
export function solver(): Promise<Highs> {
  loading ??= load()
  return loading
}

/** Its types are those of a CommonJS module, which it is to others. */
async function load(): Promise<Highs> {
  const { default: loadHighs } = await import('highs')
  return (loadHighs as unknown as typeof loadHighs.default)()
}

/** How a program is solved, and how again where that ends without an answer. */
const WAYS: readonly Options[] = [{}, { presolve: 'off' }, { solver: 'ipm' }]

type Options = NonNullable<Parameters<Highs['solve']>[1]>

/**
 * The optimum, or why there is none: no values meet all rows, or the solver cannot tell. Scale programs so that
 * coefficients are about 1: the solver lets rows be broken by 1e-7.
 */
export function solve(
  highs: Pick<Highs, 'solve'>,
  program: LinearProgram,
  precision: Precision = {},
): Solution | 'infeasible' | 'undecided' {
  const text = textOf(program)
  const gaps = precision.gap === undefined ? {} : { mip_rel_gap: precision.gap, mip_abs_gap: 0 }
  for (const way of WAYS) {
    const found = highs.solve(text, { output_flag: false, ...gaps, ...way })
    if (found.Status === 'Infeasible') return 'infeasible'
    if (found.Status !== 'Optimal') continue
    const columns: Readonly<Record<string, { readonly Primal?: number }>> = found.Columns
    return { objective: found.ObjectiveValue, valueOf: variable => columns[`x${variable}`]?.Primal ?? 0 }
  }
  return 'undecided'
}

/** The optimum of a program that is known to have one. Throws an Error where the solver does not find it. */
export function solved(
  highs: Pick<Highs, 'solve'>,
  program: LinearProgram,
  precision: Precision = {},
): Solution {
  const solution = solve(highs, program, precision)
  if (typeof solution === 'string') throw new Error(`the solver says ${solution} of what has a solution`)
  return solution
}

/** In CPLEX's LP format, a term a line. */
function textOf({ goal, objective, rows, integers = [] }: LinearProgram): string {
  const constraints = rows.map(
    ({ terms, relation, bound }, row) => `r${row}:\n${sumOf(terms)}\n${relation} ${bound}`,
  )
  const whole =
    integers.length === 0 ? '' : `General\n${integers.map(variable => `x${variable}`).join('\n')}\n`
  return `${goal}\nobj:\n${sumOf(objective)}\nSubject To\n${constraints.join('\n')}\n${whole}End\n`
}

/** The format has no sum of nothing. */
function sumOf(terms: Terms): string {
  if (terms.length === 0) return '+ 0 x0'
  return terms.map(([variable, coefficient]) => termOf(variable, coefficient)).join('\n')
}

function termOf(variable: number, coefficient: number): string {
  return `${coefficient < 0 ? '-' : '+'} ${Math.abs(coefficient)} x${variable}`
}
