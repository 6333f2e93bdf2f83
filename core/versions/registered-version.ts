import type { ResolvedView } from '../definitions/definitions.ts';
import { UnavailableError } from '../errors.ts';

/**
 * One version of a feature view from its first materialization on.
 *
 * `live` versions are kept up to date. A version that neither the definitions nor a release has needed for the grace
 * period becomes `retiring`: nothing new is written for it, and it can still be kept. While `sweeping` its online
 * items are being deleted, which nobody can stop. `retired` has its rows offline and nothing online; it can come back.
 */
export interface RegisteredVersion {
  readonly resolved: ResolvedView;
  readonly state: 'live' | 'retiring' | 'sweeping' | 'retired';
  /** Releases that may serve and read it, as of the last look and of rollouts begun since; in order. */
  readonly neededBy: readonly string[];
  /** ISO 8601 UTC: since when neither the definitions nor a release need it; null while one does. */
  readonly unneededSince: string | null;
  /** The retirement that has taken it; null in `live` and `retired`. */
  readonly retirement: { readonly id: string; readonly begunAt: string } | null;
  /** 1, and one more with each change. */
  readonly revision: number;
}

/** What happened to a version, for its history. */
export interface VersionEvent {
  readonly view: string;
  readonly version: string;
  readonly revision: number;
  readonly action: 'registered' | 'needed' | 'unneeded' | 'retiring' | 'kept' | 'sweeping' | 'retired' | 'brought-back';
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly because: string;
}

export interface VersionChange {
  readonly next: RegisteredVersion;
  readonly event: VersionEvent;
}

export interface Cause {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly because: string;
  /** The release that needs it; null when the definitions do. */
  readonly releaseId: string | null;
}

/**
 * Makes a version live, whatever it was; null when it is live and known to be needed.
 *
 * @throws UnavailableError while its online items are being deleted: it can be had again when that is over
 */
export function bringToLife(
  seen: RegisteredVersion | null,
  resolved: ResolvedView,
  cause: Cause,
): VersionChange | null {
  if (seen?.state === 'sweeping') {
    const [view, version] = [resolved.view.name, resolved.version];
    throw new UnavailableError(
      `version ${version} of view ${view} is being taken out of the online store; try again in some minutes`,
      { view, version },
    );
  }
  const before = seen?.neededBy ?? [];
  const { releaseId } = cause;
  const neededBy = releaseId === null ? before : [...new Set([...before, releaseId])].sort();
  const isKnown = seen?.state === 'live' && seen.unneededSince === null && neededBy.length === before.length;
  if (isKnown) return null;
  const action = seen === null ? 'registered' : BACK_FROM[seen.state];
  const next = { resolved, state: 'live' as const, neededBy, unneededSince: null, retirement: null };
  return change(seen, next, action, cause);
}

const BACK_FROM = { live: 'needed', retiring: 'kept', retired: 'brought-back' } as const;

/** How a version stands when it is looked at. */
export interface Look {
  readonly nowMs: number;
  readonly graceMs: number;
  /** Whether the deployed definitions say this version. */
  readonly isCurrent: boolean;
  /** Releases that may serve and read it, in order. */
  readonly neededBy: readonly string[];
  /** Names the retirement that takes it if it is to go. */
  readonly retirementId: string;
  /** A retirement begun longer ago is dead, and another takes over. */
  readonly retirementTimeoutMs: number;
}

/** What a look at a version changes: it is marked, kept, or taken by the retirement; null when all is as it was. */
export function lookAt(seen: RegisteredVersion, look: Look): VersionChange | null {
  const at = new Date(look.nowMs).toISOString();
  const { neededBy } = look;
  const isNeeded = look.isCurrent || neededBy.length > 0;
  const taken = { id: look.retirementId, begunAt: at };
  const isDead =
    seen.retirement !== null && Date.parse(seen.retirement.begunAt) + look.retirementTimeoutMs <= look.nowMs;
  switch (seen.state) {
    case 'live': {
      if (isNeeded) {
        const isKnown = seen.unneededSince === null && neededBy.join() === seen.neededBy.join();
        const because = look.isCurrent ? 'the definitions say it' : `releases need it: ${neededBy.join(', ')}`;
        return isKnown ? null : change(seen, { neededBy, unneededSince: null }, 'needed', { at, because });
      }
      if (seen.unneededSince === null) {
        const because = 'neither the definitions nor a release that may serve need it';
        return change(seen, { neededBy, unneededSince: at }, 'unneeded', { at, because });
      }
      if (Date.parse(seen.unneededSince) + look.graceMs > look.nowMs) return null;
      const because = `nobody has needed it since ${seen.unneededSince}`;
      return change(seen, { neededBy, state: 'retiring', retirement: taken }, 'retiring', { at, because });
    }
    case 'retiring':
      if (isNeeded) {
        const because = 'it is needed again';
        return change(seen, { neededBy, state: 'live', unneededSince: null, retirement: null }, 'kept', {
          at,
          because,
        });
      }
      return isDead
        ? change(seen, { retirement: taken }, 'retiring', { at, because: 'the retirement before died' })
        : null;
    case 'sweeping':
      return isDead
        ? change(seen, { retirement: taken }, 'sweeping', { at, because: 'the retirement before died' })
        : null;
    case 'retired':
      return null;
  }
}

/** The point of no return of a retirement; null when it has been passed, or the version was kept or taken by another. */
export function beginSweep(seen: RegisteredVersion | null, retirementId: string, at: string): VersionChange | null {
  if (seen?.state !== 'retiring' || seen.retirement?.id !== retirementId) return null;
  return change(seen, { state: 'sweeping' }, 'sweeping', { at, because: 'its online items are being deleted' });
}

/** Whether this retirement may delete the version's items. */
export function isSweptBy(seen: RegisteredVersion | null, retirementId: string): boolean {
  return seen?.state === 'sweeping' && seen.retirement?.id === retirementId;
}

export function endRetirement(seen: RegisteredVersion | null, retirementId: string, at: string): VersionChange | null {
  if (seen === null || !isSweptBy(seen, retirementId)) return null;
  const because = 'nothing of it is online any more; its rows stay offline';
  return change(seen, { state: 'retired', retirement: null }, 'retired', { at, because });
}

function change<S extends RegisteredVersion | null>(
  seen: S,
  to: S extends null ? Omit<RegisteredVersion, 'revision'> : Partial<RegisteredVersion>,
  action: VersionEvent['action'],
  { at, because }: Omit<Cause, 'releaseId'>,
): VersionChange {
  const revision = (seen?.revision ?? 0) + 1;
  const next = { ...seen, ...to, revision } as RegisteredVersion; // whole before, or given whole
  const { view, version } = next.resolved;
  return { next, event: { view: view.name, version, revision, action, at, because } };
}
