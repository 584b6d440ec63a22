import { loadCatalogue } from '../../scenario/files.ts'
import { catalogueFingerprint } from '../../scenario/fingerprint.ts'
import { SHIPPED_CATALOGUE } from '../../scenario/shipped.ts'
import { codeVersion } from '../program.ts'
import type { Program } from './contract.ts'

/** The program that runs here. */
export function ownProgram(): Program {
  return { code: codeVersion(), catalogue: catalogueFingerprint(loadCatalogue([SHIPPED_CATALOGUE])) }
}
