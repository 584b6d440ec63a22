import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { Workplace } from '../cli/program.ts'
import { experiment, QUICK } from './experiments.ts'

const place = new Workplace()
const SLURM = 'configs/cluster/slurm-sweep.sh'
const KUBERNETES = 'configs/cluster/kubernetes-sweep.yaml'
const FILES = ['results.csv', 'estimates.csv', 'manifest.json']
const bytes = (out: string) => FILES.map(name => readFileSync(join(place.folder, out, name), 'utf8'))

beforeAll(async () => {
  place.write('quick.yaml', QUICK)
  place.write('sweep.yaml', experiment(2))
  const { spawnargs } = place.start('--version')
  place.write(
    'bin/regatta',
    `#!/bin/sh\nexec ${spawnargs
      .slice(0, -1)
      .map(word => `'${word}'`)
      .join(' ')} "$@"\n`,
  )
  chmodSync(join(place.folder, 'bin/regatta'), 0o755)
  await place.run('sweep', 'sweep.yaml', '--out', 'alone', '--workers', '2')
})
afterAll(() => place.remove())

/** Runs a command as a node of the cluster would, where `regatta` is on the path. */
function onNode([command, ...words]: readonly string[], env: Record<string, string>) {
  const path = [join(place.folder, 'bin'), process.env.PATH].join(delimiter)
  const { status, stderr } = spawnSync(command, words, {
    cwd: place.folder,
    env: { ...process.env, ...env, PATH: path },
    encoding: 'utf8',
  })
  return { code: status, stderr }
}

it('is run by a Slurm job array', async () => {
  const script = join(process.cwd(), SLURM)
  expect(spawnSync('bash', ['-n', script]).status).toBe(0)
  for (const task of ['1', '2']) {
    const words = ['bash', script, 'sweep.yaml', 'slurm', '2']
    expect(onNode(words, { SLURM_ARRAY_TASK_ID: task, SLURM_CPUS_PER_TASK: '2' })).toEqual({
      code: 0,
      stderr: '',
    })
  }
  const { stdout } = await place.run('merge', 'slurm/all', 'slurm/shard-1-of-2', 'slurm/shard-2-of-2')
  expect(stdout).toContain('Written to slurm/all:')
  expect(bytes('slurm/all')).toEqual(bytes('alone'))
  const unsaid = onNode(['bash', script, 'sweep.yaml', 'slurm'], { SLURM_ARRAY_TASK_ID: '1' })
  expect(unsaid.code).not.toBe(0)
  expect(unsaid.stderr).toContain('usage: sbatch --array=1-SHARDS')
})

it('is run by an Indexed Job of Kubernetes', async () => {
  const { kind, spec } = parse(readFileSync(KUBERNETES, 'utf8'))
  const [{ command, args, env }] = spec.template.spec.containers
  const given = Object.fromEntries(env.map(({ name, value }: Record<string, string>) => [name, value]))
  expect([kind, spec.completionMode]).toEqual(['Job', 'Indexed'])
  expect([spec.completions, spec.parallelism].map(String)).toEqual([given.SHARDS, given.SHARDS])
  const here = { ...given, EXPERIMENT: 'sweep.yaml', OUT: 'kubernetes', WORKERS: '1', SHARDS: '2' }
  for (const index of ['0', '1']) {
    const run = onNode([...command, ...args], { ...here, JOB_COMPLETION_INDEX: index })
    expect(run).toEqual({ code: 0, stderr: '' })
  }
  await place.run('merge', 'kubernetes/all', 'kubernetes/shard-2-of-2', 'kubernetes/shard-1-of-2')
  expect(bytes('kubernetes/all')).toEqual(bytes('alone'))
})
