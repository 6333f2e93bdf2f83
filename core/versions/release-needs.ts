/** Releases that serve or may serve again, and so need the versions of the views they read. */

export interface ReleaseHistory {
  readonly model: string;
  /** The release that answers; null before the first promotion. */
  readonly champion: string | null;
  /** Newest first. */
  readonly rollouts: readonly {
    readonly releaseId: string;
    /** Null while it runs. */
    readonly outcome: 'promoted' | 'rejected' | 'rolled-back' | null;
  }[];
  /** Newest first. */
  readonly releases: readonly {
    readonly releaseId: string;
    readonly passed: boolean;
    readonly featureViews: readonly { readonly view: string; readonly version: string }[];
  }[];
}

/** Why a release is needed: it answers, is being rolled out, can be gone back to, or passed and was never rolled out. */
export type NeedRole = 'champion' | 'rollout' | 'rollback' | 'candidate';

export interface ReleaseNeed {
  readonly releaseId: string;
  readonly model: string;
  readonly role: NeedRole;
  readonly featureViews: readonly { readonly view: string; readonly version: string }[];
}

/**
 * The champion, the release of a running rollout, the last `rollbackReleases` releases that were champion before, and
 * the newest release if it passed its gates and nobody has tried it yet. Each release once, under the first of these.
 */
export function releaseNeeds(history: ReleaseHistory, rollbackReleases: number): readonly ReleaseNeed[] {
  const { champion, rollouts, releases } = history;
  const running = rollouts.filter(({ outcome }) => outcome === null).map(({ releaseId }) => releaseId);
  const promoted = rollouts.filter(({ outcome }) => outcome === 'promoted').map(({ releaseId }) => releaseId);
  const earlier = [...new Set(promoted)].filter((releaseId) => releaseId !== champion).slice(0, rollbackReleases);
  const [newest] = releases;
  const isUntried = newest?.passed === true && rollouts.every(({ releaseId }) => releaseId !== newest.releaseId);
  const roles = new Map<string, NeedRole>();
  const note = (releaseId: string, role: NeedRole) => {
    if (!roles.has(releaseId)) roles.set(releaseId, role);
  };
  if (champion !== null) note(champion, 'champion');
  for (const releaseId of running) note(releaseId, 'rollout');
  for (const releaseId of earlier) note(releaseId, 'rollback');
  if (isUntried) note(newest.releaseId, 'candidate');
  const byId = new Map(releases.map((release) => [release.releaseId, release]));
  return [...roles].map(([releaseId, role]) => ({
    releaseId,
    model: history.model,
    role,
    featureViews: byId.get(releaseId)?.featureViews ?? [],
  }));
}

/** Name of a version among all views. */
export function versionKey(view: string, version: string): string {
  return `${view}@${version}`;
}

/** The needs of each version, by its key. */
export function needsByVersion(needs: readonly ReleaseNeed[]): ReadonlyMap<string, readonly ReleaseNeed[]> {
  const byKey = new Map<string, ReleaseNeed[]>();
  for (const need of needs) {
    for (const { view, version } of need.featureViews) {
      const key = versionKey(view, version);
      byKey.set(key, [...(byKey.get(key) ?? []), need]);
    }
  }
  return byKey;
}
