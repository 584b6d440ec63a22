import { fileURLToPath } from 'node:url'

/** The catalogue that comes with the package, beside both `src` and `dist`. */
export const SHIPPED_CATALOGUE = fileURLToPath(new URL('../../configs', import.meta.url))
