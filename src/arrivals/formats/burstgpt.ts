import { csvFormat } from './csv.ts'
import { CLASS, INPUT, MODEL, OUTPUT, SECONDS, SESSION_NAME } from './csv-columns.ts'

/**
 * Seconds from the first day's midnight; failed requests have no response and are left out. Classes are the kinds of
 * log. What requests of a session contain of those before is not said, so turns have no think times.
 */
export const burstgpt = csvFormat(
  {
    name: 'burstgpt',
    columns: {
      Timestamp: { role: SECONDS },
      'Session ID': { role: SESSION_NAME, optional: true },
      Model: { role: MODEL, optional: true },
      'Request tokens': { role: INPUT },
      'Response tokens': { role: OUTPUT },
      'Log Type': { role: CLASS, optional: true },
    },
    zeroOutput: 'drop',
  },
  'BurstGPT, CSV, with failed requests or without',
)
