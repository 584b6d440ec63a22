import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Catalogue } from './facts.ts'

/** Name and fingerprint of the scenario's file. */
export function fingerprint(file: string): { file: string; sha256: string } {
  return { file: basename(file), sha256: sha256Of(readFileSync(file)) }
}

/** Fingerprint of every entry of a catalogue. */
export function catalogueFingerprint(catalogue: Catalogue): string {
  return sha256Of(JSON.stringify(Object.values(catalogue).map(entries => [...entries.values()])))
}

export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
