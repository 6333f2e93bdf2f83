import type { PageQuery } from '../../../contracts/api/catalog.ts';
import { LookReport, type RolloutListResponse, type RolloutResponse } from '../../../contracts/api/rollouts.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import { parseS3Uri } from '../../../core/release/s3-uri.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';
import { pageOf } from './page-of.ts';
import { rolloutBody } from './rollout-body.ts';

export interface ReadRolloutsDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'rollout' | 'rollouts'>;
  readonly objects: Pick<ObjectStore, 'get'>;
}

/** @throws NotFoundError for an unknown model, InvalidInputError for a cursor that no page gave */
export async function listRollouts(
  { registry }: ReadRolloutsDeps,
  model: string,
  query: PageQuery,
): Promise<RolloutListResponse> {
  await registry.model(model);
  const { page, next } = pageOf(await registry.rollouts(model), ({ rolloutId }) => rolloutId, query, model);
  return { rollouts: page.map(rolloutBody), next };
}

/** With the checks of the newest look at it, as its report has them. @throws NotFoundError */
export async function getRollout(deps: ReadRolloutsDeps, rolloutId: string): Promise<RolloutResponse> {
  const rollout = await deps.registry.rollout(rolloutId);
  return { ...rolloutBody(rollout), checks: await checksOf(deps, rollout) };
}

/** Null before the first look, and when its report has been cleaned away since. */
async function checksOf({ objects }: ReadRolloutsDeps, { look }: Rollout): Promise<RolloutResponse['checks']> {
  if (look === null) return null;
  let text: string;
  try {
    text = new TextDecoder().decode(await objects.get(parseS3Uri(look.reportUri)));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
  const report = LookReport.safeParse(JSON.parse(text));
  if (report.success) return report.data.checks ?? null;
  throw new CorruptDataError(`${look.reportUri} is not the report of a look`, { uri: look.reportUri }, report.error);
}
