import { basename } from 'node:path'
import type { Calibration, Finding, MetricErrors, Misfit } from '../calibration/calibrate.ts'
import { hindranceText, listed } from '../calibration/fit.ts'
import type { Limits } from '../calibration/formats/contract.ts'
import { countsText } from '../calibration/observations.ts'
import { isAtBound, isFitted, nodeId, nodesOf } from '../calibration/profile.ts'
import type { Catalogue } from '../scenario/facts.ts'
import { colours, facts, percent, short, tableText, wrapped } from './print.ts'

/** What was fitted, how surely, and what errors are left. */
export function calibrationText(calibration: Calibration, limits: Limits): string {
  return [
    subjectText(calibration, limits),
    findingsText(calibration),
    needsText(calibration),
    errorsText(calibration),
    outliersText(calibration),
    warningsText(calibration),
  ]
    .filter(text => text !== '')
    .join('\n\n')
}

/** What the fit rests on, in a sentence for the sources of the profile. */
export function sourceText(calibration: Calibration, files: readonly string[]): string {
  const { observations, errors } = calibration
  const names = files.map(file => basename(file)).join(', ')
  const said = errors
    .filter(({ isFitted }) => isFitted)
    .map(error => `${error.metric} error ${percent(error.after.mean)} %${leftOutText(error)}`)
  return `fit on ${names}: ${countText(calibration)} of ${setupText(observations)}; ${said.join(', ')}`
}

/**
 * The lines of a scenario that use the profile, and the command.
 *
 * @param catalogues the user's own, the last of them the profile's file
 */
export function usageText(
  { fit, start, observations }: Calibration,
  limits: Limits,
  catalogue: Catalogue,
  id: string,
  catalogues: readonly string[],
): string {
  const file = catalogues.at(-1)!
  const [node] = nodesOf(catalogue, start.device.id)
  const [{ setup }] = observations
  const isNew = fit === 'device' && id !== start.device.id
  const nodeName = node === undefined ? `<a node that carries ${id}>` : isNew ? nodeId(node, id) : node.id
  const engine = fit === 'engine' ? id : start.engine.id
  const missing =
    node === undefined
      ? [
          `No node of the catalogue carries ${start.device.id}: add one of your own to the "nodes" of ${file}.`,
        ]
      : []
  return [
    `Written to ${file}. In a scenario:`,
    '',
    `model: ${setup.model.id}`,
    'fleet:',
    `  - node: ${nodeName}`,
    '    nodes: 1',
    `    replica: { tp: ${setup.tp}, weights: ${setup.weights}, kv: ${setup.kv} }`,
    `    engine: ${engine}`,
    ...batcherLines(observations, limits),
    '',
    `regatta check scenario.yaml ${catalogues.map(path => `--catalogue ${path}`).join(' ')}`,
    ...missing,
  ].join('\n')
}

/** How the measured engine batched, where that was part of the measurements. */
function batcherLines(
  observations: Calibration['observations'],
  { tokenBudget, maxSequences }: Limits,
): string[] {
  if (!isServed(observations)) return []
  const options = `token_budget: ${tokenBudget}, max_sequences: ${maxSequences}`
  return [`    batcher: { name: chunked-prefill, ${options} }`]
}

/** Whether any of them is of requests, not of single steps. */
function isServed(observations: Calibration['observations']): boolean {
  return observations.some(({ quantities }) => quantities.some(({ metric }) => metric.includes('_')))
}

function subjectText(calibration: Calibration, limits: Limits): string {
  const { observations, leftOut } = calibration
  const lines: [string, string][] = [
    ['measurements', `${countText(calibration)} of ${setupText(observations)}`],
    ...(leftOut.size > 0 ? [['left out', countsText(leftOut)] as [string, string]] : []),
    ['taken for granted', assumedText(calibration, limits)],
  ]
  return facts(lines)
}

function countText({ observations }: Calibration): string {
  const numbers = observations.flatMap(({ quantities }) => quantities).filter(({ isFitted }) => isFitted)
  return `${numbers.length} numbers fitted, from ${observations.length} measurement${observations.length === 1 ? '' : 's'}`
}

function setupText(observations: Calibration['observations']): string {
  const distinct = (of: (setup: Calibration['observations'][number]['setup']) => string) =>
    [...new Set(observations.map(({ setup }) => of(setup)))].join(', ')
  const tps = [...new Set(observations.map(({ setup }) => setup.tp ?? 1))].sort((a, b) => a - b).join(', ')
  return (
    `${distinct(({ model, weights }) => `${model.id} ${weights}`)} on ${distinct(({ device }) => device.id)}, ` +
    `tp ${tps}, under ${distinct(({ engine }) => engine.id)}`
  )
}

function assumedText({ assumed, observations }: Calibration, limits: Limits): string {
  const { tokenBudget, maxSequences, lengthsFrom } = limits
  const spread = lengthsFrom === 1 ? 'as stated' : `from ${lengthsFrom} of those stated`
  const run = [`token budget ${tokenBudget}`, `${maxSequences} sequences at most`, `lengths ${spread}`]
  const all = [...assumed, ...(isServed(observations) ? run : [])]
  return all.length === 0 ? 'nothing' : all.join(', ')
}

function findingsText({ findings, fit }: Calibration): string {
  const column = (heading: string, of: (finding: Finding) => string) => ({ heading, cells: findings.map(of) })
  return tableText([
    { ...column(`${fit} fact`, ({ parameter }) => parameter.name), align: 'left' },
    column('before', ({ before }) => short(before)),
    column('after', finding => (isFitted(finding) ? colours.bold(short(finding.after)) : '')),
    column('+-', finding => (isFitted(finding) ? short(finding.error) : '')),
    { ...column('', verdict), align: 'left' },
  ])
}

function verdict(finding: Finding): string {
  if (isFitted(finding)) {
    if (isAtBound(finding)) return colours.yellow('fitted; at its bound')
    return 2 * finding.error > finding.after ? colours.yellow('fitted; unsure') : 'fitted'
  }
  return colours.dim(`kept: ${finding.hindrance === undefined ? '' : hindranceText(finding.hindrance)}`)
}

function needsText({ findings }: Calibration): string {
  const kept = findings.filter(finding => !isFitted(finding))
  if (kept.length === 0) return ''
  return [
    'To find what was kept as the catalogue has it, measure also:',
    facts(kept.map(({ parameter }) => [parameter.name, parameter.needs] as const)),
  ].join('\n')
}

function errorsText({ errors, validations }: Calibration): string {
  const column = (heading: string, of: (error: MetricErrors) => string) => ({
    heading,
    cells: errors.map(of),
  })
  const table = tableText([
    { ...column('|error| in %: mean / p90\n', ({ metric }) => metric), align: 'left' },
    column('\nnumbers', ({ count }) => String(count)),
    column('\ncatalogue', ({ before, count }) => misfitText(before, count)),
    column('\nfitted', ({ after, count }) => colours.bold(misfitText(after, count))),
    ...validations.map(({ condition, levels }) =>
      column(`without one\n${condition} (${levels})`, ({ crossValidated, count }) =>
        misfitText(crossValidated.get(condition), count),
      ),
    ),
  ])
  return `${table}\n${wrapped('"Without one": predicted by fits to all others, leaving out one level of it after another: what to expect of a case that was not measured.')}`
}

/** Of a single number the mean says all. */
function misfitText(misfit: Misfit | undefined, count: number): string {
  if (misfit === undefined) return '-'
  return count === 1 ? percent(misfit.mean) : `${percent(misfit.mean)} / ${percent(misfit.p90)}`
}

const MOST_OUTLIERS = 3

function outliersText({ outliers }: Calibration): string {
  if (outliers.length === 0) return ''
  const lines = outliers.slice(0, MOST_OUTLIERS).map(({ place, metric, measured, predicted }) => {
    return [place, `${metric} ${short(measured)} s, fitted ${short(predicted)} s`] as const
  })
  const many = outliers.length > MOST_OUTLIERS ? `, ${outliers.length} in all` : ''
  return `Off by half and more${many}; is the setup what was stated, also its KV format?\n${facts(lines)}`
}

function leftOutText({ crossValidated }: MetricErrors): string {
  if (crossValidated.size === 0) return ''
  const parts = [...crossValidated].map(
    ([condition, { mean }]) => `${percent(mean)} % without one ${condition}`,
  )
  return ` (${parts.join(', ')})`
}

/** Differences of errors below this share are of chance. */
const MARGIN = 1.05

function warningsText({ errors, findings, validations }: Calibration): string {
  const fitted = errors.filter(({ isFitted }) => isFitted)
  const bounds = findings
    .filter(finding => isFitted(finding) && isAtBound(finding))
    .map(
      ({ parameter, after }) =>
        `${parameter.name} ended at its bound, ${short(after)}: something else is off.`,
    )
  const worse = fitted
    .filter(({ before, after }) => after.mean > MARGIN * before.mean)
    .map(({ metric }) => `${metric} is predicted worse than before, for the sake of the others.`)
  const apart = validations
    .map(({ condition }) => condition)
    .filter(condition =>
      fitted.some(
        ({ before, crossValidated }) => (crossValidated.get(condition)?.mean ?? 0) > MARGIN * before.mean,
      ),
    )
  const reach = `fits without one ${listed(apart)} predict it worse than the catalogue as it is: do not count on this fit beyond what was measured.`
  const warnings = [...bounds, ...worse, ...(apart.length > 0 ? [reach] : [])]
  return warnings.map(text => wrapped(`${colours.yellow('warning')}: ${text}`)).join('\n')
}
