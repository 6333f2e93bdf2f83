import type { DeployedDefinitionsResponse } from '../../contracts/api/versions.ts';
import { loadDefinitions } from '../../contracts/definitions/load-definitions.ts';
import { type ChangePlan, planChanges } from '../../core/plan/plan-changes.ts';
import { CliError } from '../cli-error.ts';
import { deployedState } from '../plan/deployed-state.ts';
import { planLines } from '../plan/plan-text.ts';
import type { VerbContext } from './verb-context.ts';

/** What it would mean to deploy the definitions in a folder. */
export async function plan({ api }: VerbContext, definitionsDir: string): Promise<ChangePlan> {
  const wanted = await loadDefinitions(definitionsDir);
  const deployed = await api.get<DeployedDefinitionsResponse>('/v1/definitions');
  return planChanges(deployedState(deployed), wanted, Date.now());
}

/** @throws CliError when the plan must not be applied */
export function printPlan({ terminal }: VerbContext, made: ChangePlan): void {
  for (const line of planLines(made, terminal.colors)) terminal.print(line);
  assertAllowed(made);
  terminal.json(made);
}

/** @throws CliError naming everything that would break */
export function assertAllowed(made: ChangePlan): void {
  const { problems } = made;
  if (problems.length === 0) return;
  throw new CliError(
    `these definitions can not be deployed:\n${problems.join('\n')}`,
    'change the definitions as each line says, or wait until no release needs the version',
    { plan: made },
  );
}
