import type { RetrainingResponse } from '../../../contracts/api/retraining.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { begunWithin, spentUsd, WEEK_MS } from '../../../core/retraining/begun.ts';
import type { RetrainingState } from '../../../core/retraining/retraining.ts';
import { unhelpfulInARow } from '../../../core/retraining/unhelpful-in-a-row.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { RetrainingLog } from '../../ports/retraining-log.ts';

export interface ReadRetrainingDeps {
  readonly definitions: Definitions;
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly log: Pick<RetrainingLog, 'state'>;
  readonly clock: Clock;
}

/** What is known of a model's retraining, with what of the declared limits is used up. @throws NotFoundError */
export async function readRetraining(deps: ReadRetrainingDeps, model: string): Promise<RetrainingResponse> {
  await deps.registry.model(model);
  return retrainingBody(deps, await deps.log.state(model));
}

export function retrainingBody(
  { definitions, clock }: Pick<ReadRetrainingDeps, 'definitions' | 'clock'>,
  state: RetrainingState,
): RetrainingResponse {
  const nowMs = clock.now().getTime();
  const policy = definitions.models.find(({ name }) => name === state.model)?.monitoring.retraining ?? null;
  return {
    ...(structuredClone(state) as RetrainingResponse), // the same shape, which nobody else holds
    policy: policy === null ? null : { ...policy },
    used: {
      inSevenDays: begunWithin(state, nowMs, WEEK_MS).length,
      usdInThirtyDays: spentUsd(state, nowMs),
      unhelpfulInARow: unhelpfulInARow(state).length,
    },
  };
}
