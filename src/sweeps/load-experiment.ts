import { dirname, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'
import { located, readYaml, type Source } from '../scenario/document.ts'
import { loadCatalogue, shortest, textOf } from '../scenario/files.ts'
import { SHIPPED_CATALOGUE } from '../scenario/shipped.ts'
import { validated } from '../scenario/validate.ts'
import type { Experiment } from './experiment.ts'
import { type ExperimentSpec, experimentSchema } from './experiment-schema.ts'
import { applied, type Change, factorsOf } from './factors.ts'
import { type MetricColumn, metricsNamed, USUAL_METRICS } from './metrics.ts'
import { policyLabels } from './points.ts'
import { supportOf } from './ratios.ts'
import { replicationRule } from './replication-rule.ts'
import { resamplingOf } from './resampling.ts'
import { checkSettings } from './settings.ts'

/**
 * Reads an experiment, and its scenario at every level of its factors. Throws a UserError with place, key, value and
 * bound of each mistake.
 */
export function loadExperiment(path: string): Experiment {
  const file = resolve(path)
  const source = readYaml(textOf(path), path)
  const spec = validated(experimentSchema, source)
  const metrics = metricsOf(source, spec)
  const names = metrics.map(({ name }) => name)
  const replications = replicationRule(source, { ...spec, metrics: names })
  const resampling = resamplingOf(source, spec, replications)
  const base = baseOf(source, spec, file)
  const catalogueFiles = (spec.catalogue ?? []).map(given => resolve(dirname(file), given))
  const experiment = {
    file,
    scenarioFile: scenarioFileOf(spec, file),
    catalogueFiles,
    spec,
    source,
    base,
    catalogue: loadCatalogue([SHIPPED_CATALOGUE, ...catalogueFiles]),
    factors: factorsOf(source, spec, base),
    replications,
    ...(resampling && { resampling }),
    metrics,
    support: metricsNamed(supportOf(names)),
  }
  checkSettings(experiment)
  policyLabels(experiment)
  return experiment
}

function metricsOf(source: Source, { metrics, warmup }: ExperimentSpec): MetricColumn[] {
  for (const [i, name] of (metrics ?? []).entries()) {
    located(source, ['metrics', i], () => metricsNamed([name]))
    if (metrics!.indexOf(name) === i) continue
    throw new UserError(`${source.place(['metrics', i])}: metrics has ${name} twice; must have each once`)
  }
  return metrics === undefined
    ? metricsNamed([...USUAL_METRICS, ...(warmup === undefined ? [] : ['warmup_s'])])
    : metricsNamed(metrics)
}

function baseOf(source: Source, spec: ExperimentSpec, file: string): Source {
  const scenarioFile = scenarioFileOf(spec, file)
  const scenario = located(source, ['scenario'], () => readYaml(textOf(scenarioFile), shortest(scenarioFile)))
  const { policies, seed } = source.input as { readonly policies?: unknown; readonly seed?: unknown }
  const changes: Change[] = []
  if (policies !== undefined) changes.push({ path: ['policies'], value: policies, at: ['policies'] })
  // What is found takes the place of what the scenario has.
  if (spec.warmup !== undefined) changes.push({ path: ['warmup_s'], value: null, at: ['warmup'] })
  if (seed !== undefined) changes.push({ path: ['seed'], value: seed, at: ['seed'] })
  return applied(scenario, source, changes)
}

function scenarioFileOf({ scenario }: ExperimentSpec, file: string): string {
  return resolve(dirname(file), scenario)
}
