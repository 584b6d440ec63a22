import { csvFormat } from './csv.ts'
import { INPUT, ITEMS, OUTPUT, STAMP } from './csv-columns.ts'

/** Input tokens are taken to include those of the images. */
export const azureMultimodal = csvFormat(
  {
    name: 'azure-multimodal',
    columns: {
      TIMESTAMP: { role: STAMP },
      NumImages: { role: ITEMS },
      ContextTokens: { role: INPUT },
      GeneratedTokens: { role: OUTPUT },
    },
    zeroOutput: 'bad',
    itemsAre: 'image',
  },
  'Azure LMM inference trace of 2025, CSV: the same with numbers of images',
)
