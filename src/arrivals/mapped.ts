import type { ArrivalBlock, ArrivalSource } from './contract.ts'

/** The same source with something done to each block it fills, which may be left with fewer rows but not with none. */
export function mapped(source: ArrivalSource, change: (block: ArrivalBlock) => void): ArrivalSource {
  return {
    ...passedOn(source),
    fill(block) {
      const filling = source.fill(block)
      return filling ? filling.then(() => change(block)) : change(block)
    },
  }
}

/** Everything of a source but its rows. */
export function passedOn(source: ArrivalSource): Omit<ArrivalSource, 'fill'> {
  const { classes, tenants, models } = source
  return {
    classes,
    ...(tenants && { tenants }),
    ...(models && { models }),
    close: () => source.close(),
    ...(source.report && { report: () => source.report!() }),
  }
}
