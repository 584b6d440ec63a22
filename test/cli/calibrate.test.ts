import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, stepLines } from '../calibration/steps.ts'
import { SCENARIO, Workplace } from './program.ts'

const place = new Workplace()
const SERVED = [
  'concurrency,input_tokens_mean,output_tokens_mean,ttft_mean_s,tpot_mean_s,n_requests',
  ...[
    '1,512,64,0.05,0.0075,20',
    '4,512,64,0.06,0.008,40',
    '16,512,64,0.1,0.0095,80',
    '32,512,64,0.16,0.012,160',
  ],
  '',
].join('\n')
const SETUP = '--device h100-sxm --engine vllm --model llama-3.1-8b --weights bf16 --tp 1'

beforeAll(async () => {
  const lines = await stepLines({ stepUs: 3100, 'gemmMultiplier.bf16': 1.17, prefillMultiplier: 1.31 })
  place.write('steps.csv', csv(lines))
  place.write('served.csv', SERVED)
  place.write('binary.csv', 'a\0b,c\n')
  place.write('two.csv', csv(lines.slice(0, 2)))
  place.write('scenario.yaml', SCENARIO.replace('engine: vllm', 'engine: vllm-h100-sxm'))
})
afterAll(() => place.remove())

function calibrate(args: string) {
  return place.run('calibrate', ...args.split(' '))
}

describe.concurrent('regatta calibrate', () => {
  it('writes a profile that a scenario uses at once, and says how', async () => {
    const { code, stdout, stderr } = await calibrate(`--measurements steps.csv ${SETUP} --out mine.json`)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^stepUs +0 +28\d\d +\S+ +fitted$/m)
    expect(stdout).toMatch(/^layerUs .* kept: not told from stepUs/m)
    expect(stdout).toMatch(/^layerUs +a second model/m)
    expect(stdout).toMatch(/^decode step +15 /m)
    expect(stdout).toContain('    engine: vllm-h100-sxm\n')
    expect(stdout).toContain('regatta check scenario.yaml --catalogue mine.json')
    const check = await place.run('check', 'scenario.yaml', '--catalogue', 'mine.json')
    expect(check.stderr).toBe('')
    expect(check.code).toBe(0)
  })

  it('says how the engine batched, where requests were served', async () => {
    const { stdout, stderr } = await calibrate(
      `--measurements served.csv ${SETUP} --max-sequences 128 --out served.json`,
    )
    expect(stderr).toBe('')
    expect(stdout).toContain(
      '    batcher: { name: chunked-prefill, token_budget: 2048, max_sequences: 128 }\n',
    )
  })

  it('writes the same bytes each time', async () => {
    const texts = await Promise.all(
      ['a.json', 'b.json'].map(async file => {
        await calibrate(`--measurements steps.csv ${SETUP} --out ${file}`)
        return readFileSync(join(place.folder, file), 'utf8')
      }),
    )
    expect(texts[0]).toBe(texts[1])
    expect(JSON.parse(texts[0]).engines[0].sources.calibration).toMatch(/^fit on steps\.csv: 20 numbers/)
  })

  it('writes nothing where it is not asked to, and names both flags in its help', async () => {
    const { stdout } = await calibrate(`--measurements steps.csv ${SETUP}`)
    expect(stdout).toContain('give --out')
    const help = await calibrate('--help')
    expect(help.stdout).toContain('vllm bench serve')
    expect(help.stdout).toContain('Examples:')
  })

  it.each([
    ['a file that is not there', '--measurements none.csv', ['none.csv', 'no such file']],
    ['a folder', '--measurements .', ['--measurements .', 'is a folder']],
    ['a file that is no text', `--measurements binary.csv ${SETUP}`, ['binary.csv', 'is no text']],
    ['a file twice', `--measurements two.csv two.csv ${SETUP}`, ['two.csv twice']],
    ['an id that is taken', `--measurements steps.csv ${SETUP} --id sglang`, ['--id', 'must be vllm']],
    ['no setup at all', '--measurements steps.csv', ['steps.csv:2', '--device', '--weights']],
    [
      'too few measurements',
      `--measurements two.csv ${SETUP}`,
      ['two.csv:2', '2 measured numbers', '4 or more'],
    ],
    [
      'an unknown engine',
      `--measurements steps.csv ${SETUP} --engine vlm`,
      ['--engine', 'did you mean vllm'],
    ],
    ['a fit of something else', `--measurements steps.csv ${SETUP} --fit price`, ['--fit', 'engine, device']],
    ['a folder to write to', `--measurements steps.csv ${SETUP} --out .`, ['--out .', 'cannot be written']],
  ])('answers %s with one clear line', async (_, args, says) => {
    const { code, stderr } = await calibrate(args)
    expect(stderr).toMatch(/^regatta: .*\n$/)
    for (const part of says) expect(stderr).toContain(part)
    expect(code).toBe(2)
  })
})
