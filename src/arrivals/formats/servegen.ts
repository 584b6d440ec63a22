import type { TraceFormat, TraceHead } from './contract.ts'
import { CLIENT_RATES } from './servegen-clients.ts'
import { ServeGenSource } from './servegen-source.ts'

const RATE_LINE = /^\d+(\.\d+)?,[\d.eE+-]+,[\d.eE+-]*,(Gamma|Weibull)?,[\d.eE+-]*,[\d.eE+-]*$/

/**
 * ServeGen's folder of clients, each with a `chunk-N-trace.csv` of rates and a `chunk-N-dataset.json` of lengths: not a
 * trace but the laws of one, from which requests are drawn by `options.seed`, at the clients' own rates. In each window of
 * 600 s the gaps of each client are drawn and scaled to sum to the window; lengths are drawn from the client's last
 * window that has some, or its first, input independently of output (ServeGen's own code draws all of a request's lengths
 * by one uniform). Prompts of several kinds of items have the tokens of text and of each item; `reason_ratio` is ignored.
 * The client is the tenant. Requests of clients without lengths are left out and counted. Holds the laws, and the times
 * of one window, in memory.
 */
export const serveGen: TraceFormat = {
  about:
    'ServeGen folder of chunk-N-trace.csv and chunk-N-dataset.json: drawn by seed; input, output independent',
  timing: 'own',
  zeroOutput: 'drop',
  recognises: ({ line, paths }: TraceHead) =>
    paths.some(path => CLIENT_RATES.test(path)) || RATE_LINE.test(line),
  open: (input, options) => new ServeGenSource(input, options, serveGen.zeroOutput),
}
