import type { AcknowledgeRetrainingRequest } from '../../../contracts/retraining.ts';
import { withPersonsWord } from '../../../core/retraining/change-state.ts';
import type { RetrainingState } from '../../../core/retraining/retraining.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { onWhatIsThere } from './on-what-is-there.ts';
import { type WriteChangeDeps, writeChange } from './write-change.ts';

export interface AcknowledgeRetrainingDeps extends WriteChangeDeps {
  readonly registry: Pick<ModelRegistry, 'model'>;
}

/**
 * A person has looked at an escalation: the model may be trained again by itself, and what did not help before counts no
 * more. Where nobody has to look, nothing changes.
 *
 * @throws NotFoundError for a model whose stack is not deployed
 */
export async function acknowledgeRetraining(
  deps: AcknowledgeRetrainingDeps,
  model: string,
  { because }: AcknowledgeRetrainingRequest,
  actor: string,
): Promise<RetrainingState> {
  await deps.registry.model(model);
  return onWhatIsThere(model, async () => {
    const state = await deps.log.state(model);
    if (state.escalation === null) return state;
    const next = withPersonsWord(state, deps.clock.now().toISOString());
    const detail = { because, escalation: state.escalation };
    return writeChange(deps, state, next, { what: 'acknowledged', actor, detail });
  });
}
