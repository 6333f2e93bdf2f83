import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type { RolloutListResponse, RolloutResponse } from '../../contracts/api/rollouts.ts';
import { followRollout, stepShares } from '../api/follow-rollout.ts';
import { CliError, UsageError } from '../cli-error.ts';
import { shortId } from '../terminal/plain-words.ts';
import { placeText, rolloutLines } from '../terminal/rollout-lines.ts';
import { tableLines } from '../terminal/table-text.ts';
import { allReleases } from './releases.ts';
import type { VerbContext } from './verb-context.ts';

export interface RollOutOptions {
  readonly force?: boolean;
  readonly because?: string;
}

/**
 * Brings a release into service and waits for the end.
 *
 * @param id of the release, or its first digits as `releases` prints them
 */
export async function rollOut(
  context: VerbContext,
  model: string,
  id: string,
  { force = false, because }: RollOutOptions,
): Promise<RolloutResponse> {
  const { api, terminal } = context;
  const releaseId = await releaseNamed(context, model, id);
  const path = `/v1/models/${encodeURIComponent(model)}/rollouts`;
  const ask = { releaseId, ...(force && { force }), ...(because !== undefined && { because }) };
  const { executionId } = await api.post<ExecutionStartedResponse>(path, ask);
  return followRollout(api, rolloutIdOf(executionId), terminal);
}

/** The rollout that an execution of its flow leads. */
export function rolloutIdOf(executionId: string): string {
  return executionId.replace(/^rollout:/, '');
}

/** @throws CliError when the release did not get to answer predictions */
export function printRollout({ terminal }: VerbContext, rollout: RolloutResponse): void {
  assertRolledOut(rollout);
  terminal.json(rollout);
  terminal.print(
    `${terminal.colors.green('✓')} release ${shortId(rollout.releaseId)} answers predictions of ${rollout.model}`,
  );
}

/** @throws CliError with the facts when it ended otherwise than with the promotion */
export function assertRolledOut(
  rollout: RolloutResponse,
  facts: Readonly<Record<string, unknown>> = { rollout },
): void {
  const { rolloutId, releaseId, outcome, because } = rollout;
  if (outcome === 'promoted') return;
  throw new CliError(
    `the rollout of release ${shortId(releaseId)} was ${outcome}: ${because ?? ''}`,
    `predictions are answered as before; headgate rollout --id ${rolloutId} tells the whole of it`,
    facts,
  );
}

/** One rollout: every phase with its reason, and the newest checks. */
export async function printOneRollout({ api, terminal }: VerbContext, rolloutId: string): Promise<void> {
  const rollout = await api.get<RolloutResponse>(`/v1/rollouts/${encodeURIComponent(rolloutId)}`);
  terminal.json(rollout);
  const shares = await stepShares(api, rollout.releaseId);
  for (const line of rolloutLines(rollout, shares, Date.now())) terminal.print(line);
}

/** The newest rollouts of a model. */
export async function printRollouts({ api, terminal }: VerbContext, model: string): Promise<void> {
  const list = await api.get<RolloutListResponse>(`/v1/models/${encodeURIComponent(model)}/rollouts`);
  terminal.json(list);
  if (list.rollouts.length === 0) terminal.print(`${model} has had no rollout yet`);
  const rows = list.rollouts.map((one) => [
    one.rolloutId,
    one.kind,
    shortId(one.releaseId),
    one.startedAt,
    one.outcome ?? placeText(one.phase, one.step, []),
    one.because ?? one.look?.because ?? '',
  ]);
  for (const line of tableLines(['ROLLOUT', 'KIND', 'RELEASE', 'STARTED', 'CAME TO', 'BECAUSE'], rows)) {
    terminal.print(line);
  }
  if (list.next !== null) terminal.print('older ones: GET /v1/models/{model}/rollouts?cursor=…');
}

/** @throws CliError when no release of the model, or more than one, begins with the digits */
export async function releaseNamed(context: VerbContext, model: string, id: string): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(id)) return id;
  if (id === '') throw new UsageError('the release has no name', `headgate releases ${model} lists them`);
  const found = (await allReleases(context, model))
    .map(({ releaseId }) => releaseId)
    .filter((one) => one.startsWith(id));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const begin = found.length === 0 ? `no release of ${model} begins` : `${found.length} releases of ${model} begin`;
  throw new CliError(
    `${begin} with "${id}"`,
    `headgate releases ${model} lists them; give an id or enough of its first digits`,
    { model, id, found },
  );
}
