import type { Modality } from '../details.ts'

const COLUMNS = [
  ['image', 'image_tokens'],
  ['audio', 'audio_tokens'],
  ['video', 'video_tokens'],
] as const

/** What of a prompt beside text has the most tokens, by its tokens in columns such as `image_tokens`; undefined if none. */
export function modalityOf(tokensIn: (column: string) => number): Modality | undefined {
  let modality: Modality | undefined
  let most = 0
  for (const [name, column] of COLUMNS) {
    const tokens = tokensIn(column)
    if (!(tokens > most)) continue
    most = tokens
    modality = name
  }
  return modality
}
