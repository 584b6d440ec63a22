import type { Example } from './example.ts'

const FIRST = { className: 'TXT_2_IMG', tenant: 'G0000', model: 'M0000', modality: 'image' }

export const alibabaGenAi: Example = {
  texts: `gmt_create,predict_type,predict_status,exec_time_seconds,groupId,prompt_length,negative_prompt_length,num_images_per_prompt,num_inference_steps,checkpoint_model_version_id,num_lora
2024-11-15 16:57:50,TXT_2_IMG,SUCCEED,32.0,G0000,63.0,26.0,1.0,30.0,M0000,0
2024-11-15 17:00:00,TXT_2_IMG,FAILED,,G0001,93.0,,1.0,40.0,M0001,0
2024-11-15 17:57:50,TXT_2_IMG,SUCCEED,32.0,G0000,63.0,26.0,1.0,20.0,M0000,0
2024-11-16 16:57:50,IMG_2_IMG,SUCCEED,36.0,G0001,93.0,,8.0,40.0,M0001,0
`,
  requests: [
    { arrivalS: 0, inputTokens: 30, outputTokens: 1, ...FIRST, items: 1 },
    { arrivalS: 3600, inputTokens: 20, outputTokens: 1, ...FIRST, items: 1 },
    {
      ...{ arrivalS: 86_400, inputTokens: 320, outputTokens: 1, className: 'IMG_2_IMG' },
      ...{ tenant: 'G0001', model: 'M0001', modality: 'image', items: 8 },
    },
  ],
  rows: 4,
  lines: {
    header: 1,
    bad: {
      '2024-11-15 17:00:00,TXT_2_IMG,SUCCEED,32.0,G0000,63.0,26.0,1.0,,M0000,0': 'input tokens is NaN',
      'yesterday,TXT_2_IMG,SUCCEED,32.0,G0000,63.0,26.0,1.0,30.0,M0000,0': 'its time is NaN',
      '2024-11-15 17:00:00,TXT_2_IMG,SUCCEED': 'has 3 fields; must have 11',
    },
  },
}
