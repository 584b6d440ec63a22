import type { Command } from 'commander'
import { policySpecs } from './entrants.ts'
import { showExplained } from './explain.ts'
import { type RunFlags, withRunFlags } from './flags.ts'
import { type IntervalsFlag, rememberedRuns, showIntervals, withIntervalsFlag } from './intervals.ts'
import { kindsText } from './kinds.ts'
import { print } from './print.ts'
import { inSession, raced } from './session.ts'
import { reportText } from './standings.ts'

interface SingleRunFlags extends RunFlags, IntervalsFlag {
  readonly policy: string
}

const EXAMPLES = `
Examples:
  regatta run configs/scenarios/mixed-fleet.yaml --policy power-of-two
  regatta run mine.yaml --policy length-split:threshold_tokens=512 --out results/split --requests
  regatta run mine.yaml --policy ./my-policy.ts --debug
  regatta run mine.yaml --policy power-of-two --explain 20
  regatta run mine.yaml --policy power-of-two --intervals
  regatta run mine.yaml --policy some-package --policy-timeout 60`

export function addRunCommand(program: Command): void {
  withIntervalsFlag(withRunFlags(program.command('run')))
    .description('run one policy, with what each kind of replica did')
    .requiredOption('--policy <name>', 'a name, or a file such as ./my-policy.ts')
    .addHelpText('after', EXAMPLES)
    .action(runScenario)
}

async function runScenario(file: string, flags: SingleRunFlags): Promise<void> {
  await inSession(
    file,
    flags,
    scenario => policySpecs([flags.policy], file, scenario.policies),
    async session => {
      const runs = rememberedRuns(session, flags)
      const standings = await raced(session, runs?.onEnd)
      print(`${reportText(session.loaded, standings)}\n\n${kindsText(standings[0].result)}`)
      showIntervals(session, runs, standings)
      await showExplained(session)
    },
  )
}
