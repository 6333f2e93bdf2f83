import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import { followExecution } from '../api/follow-execution.ts';
import { CliError } from '../cli-error.ts';
import { shortId } from '../terminal/plain-words.ts';
import { allReleases } from './releases.ts';
import type { VerbContext } from './verb-context.ts';

/** Output of the rollout flow. */
export interface EndedRollout {
  readonly outcome: 'promoted' | 'rejected' | 'rolled-back';
  readonly because: string | null;
}

export interface RolloutResult extends EndedRollout {
  readonly model: string;
  readonly releaseId: string;
}

/**
 * Brings a release into service, a former one as well as a new one, and waits for the end.
 *
 * @param id of the release, or its first digits as `releases` prints them
 */
export async function rollOut(context: VerbContext, model: string, id: string): Promise<RolloutResult> {
  const { api, terminal } = context;
  const releaseId = await releaseNamed(context, model, id);
  const path = `/v1/models/${encodeURIComponent(model)}/rollouts`;
  const { executionId } = await api.post<ExecutionStartedResponse>(path, { releaseId });
  const what = `rolling out ${shortId(releaseId)}`;
  const { outcome, because } = await followExecution<EndedRollout>(api, executionId, what, terminal);
  return { model, releaseId, outcome, because };
}

/** @throws CliError when the release did not get to answer predictions */
export function printRollout({ terminal }: VerbContext, result: RolloutResult): void {
  assertRolledOut(result, { ...result });
  terminal.json(result);
  terminal.print(
    `${terminal.colors.green('✓')} release ${shortId(result.releaseId)} answers predictions of ${result.model}`,
  );
}

/** @throws CliError with the facts when a rollout ended otherwise than with the promotion */
export function assertRolledOut(
  { releaseId, outcome, because }: Omit<RolloutResult, 'model'>,
  facts: Readonly<Record<string, unknown>>,
): void {
  if (outcome === 'promoted') return;
  throw new CliError(
    `the rollout of release ${shortId(releaseId)} was ${outcome}: ${because ?? ''}`,
    'predictions are answered as before',
    facts,
  );
}

async function releaseNamed(context: VerbContext, model: string, id: string): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(id)) return id;
  const found = (await allReleases(context, model))
    .map(({ releaseId }) => releaseId)
    .filter((one) => one.startsWith(id));
  const [only] = found;
  if (only !== undefined && found.length === 1 && id !== '') return only;
  const count = found.length === 0 ? 'no release' : `${found.length} releases`;
  throw new CliError(
    `${count} of ${model} begin with "${id}"`,
    `headgate releases ${model} lists them; give an id or enough of its first digits`,
    { model, id, found },
  );
}
