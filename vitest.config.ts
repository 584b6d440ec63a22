import { defineConfig } from 'vitest/config'

/** The long forms of the statistical tests run a thousand seeds each. */
const isLong = process.env.REGATTA_LONG !== undefined
const timeoutMs = isLong ? 1_800_000 : 60_000

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    maxWorkers: 2,
  },
})
