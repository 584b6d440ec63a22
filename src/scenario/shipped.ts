import { fileURLToPath } from 'node:url'

/** The catalogue that comes with the package, beside both `src` and `dist`. */
export const SHIPPED_CATALOGUE = fileURLToPath(new URL('../../configs', import.meta.url))

/** The workloads that come with it. */
export const SHIPPED_PRESETS = fileURLToPath(new URL('../../configs/workloads', import.meta.url))
