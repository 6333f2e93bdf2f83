import type { RollbackResponse, RolloutResponse } from '../../contracts/api/rollouts.ts';
import { followRollout } from '../api/follow-rollout.ts';
import { shortId } from '../terminal/plain-words.ts';
import { assertRolledOut, releaseNamed, rolloutIdOf } from './rollout.ts';
import type { VerbContext } from './verb-context.ts';

export interface RollbackResult {
  readonly rollback: RollbackResponse;
  /** The rollout that brought the release back; null when it was in service. */
  readonly rollout: RolloutResponse | null;
}

/** Goes back to an earlier release, and waits when it has to be brought into service again. */
export async function rollBack(
  context: VerbContext,
  model: string,
  { to, because }: { readonly to?: string; readonly because: string },
): Promise<RollbackResult> {
  const { api, terminal } = context;
  const releaseId = to === undefined ? undefined : await releaseNamed(context, model, to);
  const path = `/v1/models/${encodeURIComponent(model)}/rollbacks`;
  const rollback = await api.post<RollbackResponse>(path, {
    because,
    ...(releaseId !== undefined && { to: releaseId }),
  });
  if (rollback.executionId === null) return { rollback, rollout: null };
  if (rollback.immediate) {
    terminal.note(
      `rollout ${rollback.rolloutId} is stopped; ${answering(rollback, model)} until the other one is back`,
    );
  }
  const rollout = await followRollout(api, rolloutIdOf(rollback.executionId), terminal);
  return { rollback, rollout };
}

/** @throws CliError when the release could not be brought back */
export function printRollback({ terminal }: VerbContext, model: string, { rollback, rollout }: RollbackResult): void {
  if (rollout !== null) assertRolledOut(rollout);
  terminal.json({ rollback, rollout });
  const done =
    rollout === null
      ? `${answering(rollback, model)}, from the next request on (epoch ${rollback.epoch})`
      : `release ${shortId(rollout.releaseId)} answers predictions of ${model} again`;
  terminal.print(`${terminal.colors.green('✓')} ${done}`);
}

function answering({ releaseId }: RollbackResponse, model: string): string {
  return releaseId === null
    ? `no release answers predictions of ${model}`
    : `release ${shortId(releaseId)} answers predictions of ${model}`;
}
