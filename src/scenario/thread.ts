import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * A thread that runs a module beside another, as that one is run: compiled, or its sources through a loader.
 *
 * @param name of the module without its extension, from the other's folder
 * @param besides URL of the other
 */
export function threadOf(name: string, besides: string, options: WorkerOptions): Worker {
  if (!besides.endsWith('.ts')) return new Worker(new URL(`${name}.js`, besides), options)
  const source = new URL(`${name}.ts`, besides)
  const loader = import.meta.resolve('tsx/esm/api')
  const code = `import('${loader}').then(({ register }) => { register(); return import('${source}') })`
  return new Worker(code, { ...options, eval: true })
}
