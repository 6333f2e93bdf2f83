import type { StartTrainingRequest } from '../../../contracts/api/operations.ts';
import { byName } from '../../../core/definitions/definitions.ts';
import { ConflictError } from '../../../core/errors.ts';
import { sourceTable } from '../../../core/offline/table-layout.ts';
import { withBegun, withMerged, withPersonsWord } from '../../../core/retraining/change-state.ts';
import type { Retraining, RetrainingCause, RetrainingState } from '../../../core/retraining/retraining.ts';
import type { Ids } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { TableLog } from '../../ports/table-log.ts';
import { type Caller, executionName } from '../operations/execution-name.ts';
import { pastInstant } from '../operations/start-operations.ts';
import { onWhatIsThere } from './on-what-is-there.ts';
import { type SettleRetrainingsDeps, settleRetrainings } from './settle-retrainings.ts';
import { newRetraining, startTrainingOf } from './start-training.ts';
import { writeChange } from './write-change.ts';

export interface AskTrainingDeps extends Omit<SettleRetrainingsDeps, 'registry'> {
  readonly registry: SettleRetrainingsDeps['registry'] & Pick<ModelRegistry, 'model'>;
  readonly tables: Pick<TableLog, 'head'>;
  readonly ids: Ids;
}

/**
 * A training that a person wants: begun at once, whatever the limits of retraining say, or merged with the one that trains already.
 * It counts for week and budget, and it ends an escalation. The same request again is answered with the same execution.
 *
 * @throws NotFoundError for a model that is not defined or whose stack is not deployed
 * @throws ConflictError when one trains that stands at another instant
 */
export async function askTraining(
  deps: AskTrainingDeps,
  name: string,
  ask: StartTrainingRequest,
  caller: Caller,
): Promise<{ readonly executionId: string }> {
  const model = byName('model', deps.definitions.models, name);
  const { route } = await deps.registry.model(name);
  const nowMs = deps.clock.now().getTime();
  const asOf = ask.asOf === undefined ? null : new Date(pastInstant(deps.clock, 'asOf', ask.asOf)).toISOString();
  const requestId = executionName(deps.ids, 'train', { model: name, ...ask }, caller);
  const at = new Date(nowMs).toISOString();
  const because = `asked by ${caller.actor}`;
  const cause: RetrainingCause = { kind: 'person', at, because, actor: caller.actor, scanId: null, requestId };
  const labelRows = (await deps.tables.head(sourceTable(model.label.source))).rows;
  const replaces = route.champion?.releaseId ?? null;
  const parts = { model: name, asOf, at, because, replaces, labelRows, name: requestId };
  return onWhatIsThere(name, () => askOnce(deps, parts, cause));
}

type Parts = Omit<Parameters<typeof newRetraining>[0], 'causes'>;

async function askOnce(
  deps: AskTrainingDeps,
  parts: Parts,
  cause: RetrainingCause,
): Promise<{ readonly executionId: string }> {
  const { actor } = cause;
  const state = await settleRetrainings(deps, await deps.log.state(parts.model));
  const asked = standingFor(state, cause);
  if (asked !== undefined) return { executionId: asked.executionId };
  const training = state.retrainings.find(({ status }) => status === 'training');
  if (training !== undefined) {
    assertSameInstant(parts, training);
    const { retrainingId, executionId } = training;
    const next = withPersonsWord(withMerged(state, retrainingId, [cause]), parts.at);
    const detail = { retrainingId, executionId, causes: [cause], because: cause.because };
    await writeChange(deps, state, next, { what: 'merged', actor, detail });
    return { executionId };
  }
  const retraining = newRetraining({ ...parts, causes: [cause] }, state.version + 1);
  const { retrainingId, executionId, because, replaces, asOf } = retraining;
  const next = withBegun(withPersonsWord(state, parts.at), retraining);
  const detail = {
    retrainingId,
    executionId,
    because,
    causes: [cause],
    replaces,
    asOf,
    endsEscalation: state.escalation,
  };
  await writeChange(deps, state, next, { what: 'started', actor, detail });
  await startTrainingOf(deps, parts.model, retraining);
  return { executionId };
}

/** The retraining that answers this very request already. */
function standingFor({ retrainings }: RetrainingState, { requestId }: RetrainingCause): Retraining | undefined {
  return retrainings.find(({ causes }) => causes.some((one) => one.requestId === requestId));
}

function assertSameInstant({ model, asOf }: Parts, training: Retraining): void {
  if (asOf === null || asOf === training.asOf) return;
  const stands = training.asOf === null ? 'now' : training.asOf;
  throw new ConflictError(
    `model "${model}" is being trained as of ${stands} (${training.executionId}), not as of ${asOf}; ask again when that has ended`,
    { model, executionId: training.executionId, asOf },
  );
}
