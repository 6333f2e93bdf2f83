import { withRetraining } from '../../../core/retraining/change-state.ts';
import { progressOf } from '../../../core/retraining/progress.ts';
import { RETRAINING_ACTOR, type RetrainingState, unfinished } from '../../../core/retraining/retraining.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { type SeeRetrainingDeps, seeRetraining } from './see-retraining.ts';
import { startTrainingOf } from './start-training.ts';
import { type WriteChangeDeps, writeChange } from './write-change.ts';

export interface SettleRetrainingsDeps extends SeeRetrainingDeps, WriteChangeDeps {
  readonly workflow: Pick<Workflow, 'describe' | 'start'>;
}

/**
 * Brings the state to what has become of its retrainings, one change at a time: starts the training that was written down and
 * never started, notes what ended. Answers the state when nothing is left to note.
 *
 * @throws RetrainingChangedError when somebody else writes meanwhile: read again
 */
export async function settleRetrainings(deps: SettleRetrainingsDeps, read: RetrainingState): Promise<RetrainingState> {
  let state = read;
  for (const { retrainingId } of unfinished(read)) {
    let isMoving = true;
    while (isMoving) {
      const retraining = state.retrainings.find((one) => one.retrainingId === retrainingId)!; // it is never taken out
      if (retraining.endedAt !== null) break;
      const sight = await seeRetraining(deps, state.model, retraining);
      const progress = progressOf(retraining, sight, deps.clock.now().getTime());
      if (progress.to === 'start') await startTrainingOf(deps, state.model, retraining);
      if (progress.to === 'change') {
        const { status, because, releaseId, rolloutId, costUsd, endedAt } = progress.next;
        const detail = { retrainingId, status, because, releaseId, rolloutId, costUsd };
        const what = endedAt === null ? 'rolling-out' : 'concluded';
        const news = { what, actor: RETRAINING_ACTOR, detail } as const;
        state = await writeChange(deps, state, withRetraining(state, progress.next), news);
      }
      isMoving = progress.to === 'change';
    }
  }
  return state;
}
