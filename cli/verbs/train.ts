import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type { RolloutResponse } from '../../contracts/api/rollouts.ts';
import type { RegisteredRelease } from '../../contracts/training-flow.ts';
import type { GateVerdict } from '../../core/release/release-manifest.ts';
import { followExecution } from '../api/follow-execution.ts';
import { followRollout } from '../api/follow-rollout.ts';
import { CliError } from '../cli-error.ts';
import { numberText, shortId } from '../terminal/plain-words.ts';
import { verdictLines } from '../terminal/verdict-lines.ts';
import { releaseVerdicts } from './release-gates.ts';
import { assertRolledOut } from './rollout.ts';
import type { VerbContext } from './verb-context.ts';

export interface TrainResult extends RegisteredRelease {
  /** What every gate found, in the order of the definition. */
  readonly verdicts: readonly GateVerdict[];
  /** Null when the release did not pass and so was not rolled out. */
  readonly rollout: RolloutResponse | null;
}

/** Trains a model and follows the rollout that its gates let through. */
export async function train(
  { api, terminal }: VerbContext,
  model: string,
  asOf: string | undefined,
): Promise<TrainResult> {
  const path = `/v1/models/${encodeURIComponent(model)}/trainings`;
  const { executionId } = await api.post<ExecutionStartedResponse>(path, asOf === undefined ? {} : { asOf });
  const release = await followExecution<RegisteredRelease>(api, executionId, `training ${model}`, terminal);
  const verdicts = await releaseVerdicts({ api }, release.releaseId);
  if (!release.passed) return { ...release, verdicts, rollout: null };
  return { ...release, verdicts, rollout: await followRollout(api, release.rolloutId, terminal) };
}

/** For people; machines are given one document, the result or the failure. */
export function printTraining({ terminal }: VerbContext, result: TrainResult): void {
  const { colors } = terminal;
  terminal.print(`release ${colors.bold(shortId(result.releaseId))} of ${result.model}`);
  const metrics = Object.entries(result.metrics).map(([name, value]) => `${name} ${numberText(value)}`);
  terminal.print(`  on the test rows  ${metrics.join('  ')}`);
  for (const line of verdictLines(result.verdicts, colors, false)) terminal.print(`  ${line}`);
  if (result.rollout?.outcome === 'promoted')
    terminal.print(`${colors.green('✓')} promoted: it answers predictions now`);
}

/** @throws CliError when the release did not get to answer predictions */
export function assertPromoted(result: TrainResult): void {
  if (result.rollout === null) {
    throw new CliError(
      `release ${shortId(result.releaseId)} did not pass its gates: ${result.because}`,
      'predictions are answered as before; change the features, the data or the gates and train again',
      { ...result },
    );
  }
  assertRolledOut(result.rollout, { ...result });
}
