import { describe, expect, it } from 'vitest'
import { REJECT } from '../../src/routing/contract.ts'
import { deciding, fleet, request } from './fake-cluster.ts'

describe('min-ttft', () => {
  const loaded = () => {
    const cluster = fleet(2)
    cluster.load(0, 80, 0)
    cluster.load(1, 60, 0)
    return cluster
  }

  it('goes where the first token is expected first', () => {
    expect(deciding('min-ttft', loaded())(request())).toBe(1)
  })

  it('refuses, if asked to, what would break an objective even there', () => {
    const options = { reject: 1 }
    // 61 prompts of 1000 tokens at 40 000 a second: 1.525 s.
    const slo = { ttftS: 1.52, tpotS: 1 }
    expect(deciding('min-ttft', loaded(), { slo })(request())).toBe(1)
    expect(deciding('min-ttft', loaded(), { slo, options })(request())).toBe(REJECT)
    const lax = Object.assign(request(), { slo: { ...slo, ttftS: 2 } })
    expect(deciding('min-ttft', loaded(), { options })(lax)).toBe(1)
    expect(deciding('min-ttft', loaded(), { slo: { ...slo, ttftS: 1.53 }, options })(request())).toBe(1)
    expect(deciding('min-ttft', loaded(), { slo: { ttftS: 2, tpotS: 0.009 }, options })(request())).toBe(
      REJECT,
    )
  })
})
