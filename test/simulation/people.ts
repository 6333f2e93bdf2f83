import { decideApproval } from '../../lambdas/use-cases/rollout/decide-approval.ts';
import { holdModel } from '../../lambdas/use-cases/rollout/hold-model.ts';
import { rollBack } from '../../lambdas/use-cases/rollout/roll-back.ts';
import { countingIds } from '../memory/memory-clock-and-ids.ts';
import { MODEL } from './scene.ts';
import type { World } from './world.ts';

export const PERSON = 'arn:aws:iam::1:user/ada';

/** A person wants the release before to answer again, now. Answers what came of it, or the refusal. */
export function goBackNow(world: World) {
  return world.now('person', (ports, { clock }) =>
    rollBack(
      { ...ports, clock, ids: countingIds() },
      MODEL,
      { because: 'complaints' },
      { actor: PERSON, idempotencyKey: null },
    ),
  );
}

export function hold(world: World, isHeld: boolean, because = 'incident 7') {
  return world.now('person', (ports, { clock }) =>
    holdModel({ ...ports, clock }, MODEL, { hold: isHeld, because }, PERSON),
  );
}

/** A person decides on what waits for approval; with the token that is there unless another is given. */
export function decide(world: World, rolloutId: string, decision: 'approve' | 'reject', token?: string) {
  return world.now('person', async (ports, { clock }) => {
    const { approval } = await ports.registry.rollout(rolloutId);
    return decideApproval(
      { ...ports, clock },
      rolloutId,
      { decision, token: token ?? approval?.token ?? 'a'.repeat(64), comment: 'seen' },
      PERSON,
    );
  });
}
