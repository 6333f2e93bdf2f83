import type { CountedLook } from '../../../contracts/rollout.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { RolloutPolicy } from '../../../core/definitions/rollout-policy.ts';
import { ConflictError } from '../../../core/errors.ts';
import { judgeCanary } from '../../../core/rollout/judge-canary.ts';
import { judgeShadow } from '../../../core/rollout/judge-shadow.ts';
import type { Judgement } from '../../../core/rollout/judgement.ts';
import type { CanaryCounts, ShadowCounts } from '../../../core/rollout/observations.ts';
import { type CountRow, countsOf } from '../../../core/rollout/read-counts.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { LookNews } from '../../../core/rollout/truth.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type RowsBelowDeps, rowsBelow } from '../tables/rows-below.ts';

export interface LookAtCountsDeps extends RowsBelowDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly artifactBucket: string;
}

/** What is kept of a look: every number that was judged, and every number that came of it. */
export interface LookReport extends Judgement {
  readonly schema: 'headgate.rollout-look/v1';
  readonly rolloutId: string;
  readonly counted: CountedLook;
  readonly counts: CanaryCounts | ShadowCounts;
}

/** Judges what was counted and keeps the report. A look at what is over is no news. */
export async function lookAtCounts(
  deps: LookAtCountsDeps,
  rollout: Rollout,
  policy: RolloutPolicy,
  counted: CountedLook,
): Promise<LookNews | null> {
  if (counted.phase !== rollout.phase || counted.since !== rollout.since) return null;
  const counts = countsOf(await readRows(deps, counted.prefix), counted.spec);
  const judgement = judge(rollout, policy, counts);
  const report: LookReport = {
    schema: 'headgate.rollout-look/v1',
    rolloutId: rollout.rolloutId,
    ...judgement,
    counted,
    counts,
  };
  const number = (rollout.look?.number ?? 0) + 1;
  // the instant is part of the name: a look that is made again never changes a report that was told of
  const key = `rollout/${rollout.model}/${rollout.rolloutId}/look-${number}-${counted.spec.toMs}.json`;
  const body = new TextEncoder().encode(canonicalJson(report));
  await deps.objects.put({ bucket: deps.artifactBucket, key }, body, 'application/json');
  return {
    kind: 'look',
    phase: counted.phase,
    since: counted.since,
    judgement,
    reportUri: `s3://${deps.artifactBucket}/${key}`,
  };
}

function judge(rollout: Rollout, policy: RolloutPolicy, counts: CanaryCounts | ShadowCounts): Judgement {
  if (counts.kind === 'canary') {
    const isLast = rollout.step + 1 >= (policy.canary?.steps.length ?? 0);
    const phase = rollout.phase === 'watching' ? 'watch' : isLast ? 'last-step' : 'step';
    return judgeCanary({ counts, policy, phase });
  }
  if (policy.shadow !== null) return judgeShadow({ counts, policy, shadow: policy.shadow });
  throw new ConflictError(`rollout ${rollout.rolloutId} has no shadow to look at`, { rolloutId: rollout.rolloutId });
}

async function readRows(deps: RowsBelowDeps, prefix: string): Promise<CountRow[]> {
  const found: CountRow[] = [];
  for await (const { rows, columns } of rowsBelow(deps, prefix)) {
    const named = Object.entries(columns);
    for (let row = 0; row < rows; row++) found.push(Object.fromEntries(named.map(([name, of]) => [name, of[row]])));
  }
  return found;
}
