import { unreachable } from '../errors.ts';
import type { Move } from './move.ts';
import { approval, gates, latency } from './moves/before-traffic.ts';
import { deploying, restoring, settling } from './moves/bring-up.ts';
import { back } from './moves/enter.ts';
import { judged } from './moves/judged.ts';
import type { Truth } from './truth.ts';

/**
 * What a rollout does next. Pure and total: the same truth gives the same move, whoever asks and however often, so a
 * rollout is carried on from wherever it was left, by anybody.
 *
 * Going back is always possible before the endpoint is settled; going forward only while nobody holds the model. A change
 * moves by one place at a time and takes the route with it (`routeAt`), which is the only way a release gets traffic.
 */
export function nextMove(truth: Truth): Move {
  const { rollout } = truth;
  const { phase } = rollout;
  if (phase === 'done') return { kind: 'ended' };
  if (phase === 'restoring') return restoring(truth);
  if (phase === 'settling') return settling(truth);
  const stranger = strangeChampion(truth);
  if (stranger !== null) return back(truth, 'failure', stranger);
  switch (phase) {
    case 'gates':
      return gates(truth);
    case 'approval':
      return approval(truth);
    case 'deploying':
      return deploying(truth);
    case 'latency':
      return latency(truth);
    case 'shadow':
    case 'canary':
    case 'watching':
      return judged(truth);
    default:
      return unreachable(phase);
  }
}

/** The model has one rollout at a time, so nobody else should have moved its champion. */
function strangeChampion({ rollout, route }: Truth): string | null {
  const expected = rollout.phase === 'watching' ? rollout.releaseId : rollout.previousReleaseId;
  const found = route.champion?.releaseId ?? null;
  return found === expected ? null : `the champion is ${found ?? 'nobody'} and should be ${expected ?? 'nobody'}`;
}
