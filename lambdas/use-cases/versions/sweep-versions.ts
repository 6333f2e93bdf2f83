import type { SweepRequest } from '../../../contracts/version-flow.ts';
import { MINUTE_MS } from '../../../core/clock.ts';
import { beginSweep, isSweptBy } from '../../../core/versions/registered-version.ts';
import { versionKey } from '../../../core/versions/release-needs.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { OnlineSweep } from '../../ports/online-sweep.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';

/** Well under the longest a function may run, so that a part is always finished and its place handed on. */
const BUDGET_MS = 10 * MINUTE_MS;

export interface SweepVersionsDeps {
  readonly versionRegistry: Pick<VersionRegistry, 'change'>;
  readonly sweep: OnlineSweep;
  readonly clock: Clock;
}

export interface SweptPart {
  readonly done: boolean;
  /** Where to go on; null when done. */
  readonly cursor: string | null;
  readonly deleted: number;
}

/**
 * Deletes the online items of the versions that are still to retire, until they are all gone or the time is nearly up.
 * A version that is needed again by now is left alone.
 */
export async function sweepVersions(deps: SweepVersionsDeps, ask: SweepRequest): Promise<SweptPart> {
  const { retirementId, retiring } = ask.survey;
  const nowMs = deps.clock.now().getTime();
  const keys: string[] = [];
  for (const { view, version } of retiring) {
    const at = new Date(nowMs).toISOString();
    const seen = await deps.versionRegistry.change(view, version, (there) => beginSweep(there, retirementId, at));
    if (isSweptBy(seen, retirementId)) keys.push(versionKey(view, version));
  }
  if (keys.length === 0) return { done: true, cursor: null, deleted: 0 };
  let { cursor } = ask;
  let deleted = 0;
  do {
    const part = await deps.sweep.sweep(keys, cursor);
    deleted += part.deleted;
    cursor = part.cursor;
  } while (cursor !== null && deps.clock.now().getTime() < nowMs + BUDGET_MS);
  return { done: cursor === null, cursor, deleted };
}
