import type { ModelResponse } from '../../contracts/api/catalog.ts';
import type { RolloutBody, RolloutResponse } from '../../contracts/api/rollouts.ts';
import { ApiError } from '../api/api-failure.ts';
import { CliError } from '../cli-error.ts';
import { shortId } from '../terminal/plain-words.ts';
import type { VerbContext } from './verb-context.ts';

/** Says a person's word on the rollout that waits for it. */
export async function approve(
  context: VerbContext,
  named: string,
  { comment, reject = false }: { readonly comment: string; readonly reject?: boolean },
): Promise<RolloutBody> {
  const { rolloutId, approval } = await rolloutNamed(context, named);
  if (approval === null) throw new CliError(`rollout ${rolloutId} asks nobody for approval`, '', { rolloutId });
  return context.api.post<RolloutBody>(`/v1/rollouts/${encodeURIComponent(rolloutId)}/approval`, {
    decision: reject ? 'reject' : 'approve',
    comment,
    token: approval.token,
  });
}

export function printApproval({ terminal }: VerbContext, rollout: RolloutBody): void {
  terminal.json(rollout);
  const { approval, releaseId, model, rolloutId } = rollout;
  const word = approval?.decision === 'reject' ? 'rejected' : 'approved';
  terminal.print(
    `release ${shortId(releaseId)} of ${model} is ${word}; headgate rollout --id ${rolloutId} tells how it goes on`,
  );
}

/** By its id, or as the newest of a model. */
async function rolloutNamed({ api }: VerbContext, named: string): Promise<RolloutBody> {
  const name = encodeURIComponent(named);
  try {
    return await api.get<RolloutResponse>(`/v1/rollouts/${name}`);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
  const { newestRollout } = await api.get<ModelResponse>(`/v1/models/${name}`);
  if (newestRollout !== null) return newestRollout;
  throw new CliError(`${named} has had no rollout yet`, `headgate train ${named}`, { model: named });
}
