import type { ScanQuery, ScanScope } from '../../../contracts/drift-scan.ts';
import { byName, type Definitions } from '../../../core/definitions/definitions.ts';
import { planCounts } from '../../../core/drift/count-plan.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import {
  type CountedRows,
  type CountedWindow,
  numberCountsSql,
  textCountsSql,
  unitCountsSql,
} from '../../../core/sql/column-counts-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { readProfile } from './reference-of.ts';

export interface PlanColumnsDeps extends QueryPlace {
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly registry: Pick<ModelRegistry, 'releases'>;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly definitions: Definitions;
}

/** Where the parts of a scan's counts lie, below the prefix of the scan. */
export const COUNT_PREFIXES = {
  numbers: 'columns/numbers/',
  texts: 'columns/texts/',
  units: 'columns/units/',
} as const;

/** Releases that are looked at for a season's windows, newest first. */
const MAX_EARLIER_RELEASES = 20;

/** What has to be counted of the model's inputs and answers; nothing when it does not look for drift. */
export async function planColumns(deps: PlanColumnsDeps, scope: ScanScope): Promise<readonly ScanQuery[]> {
  const { drift } = byName('model', deps.definitions.models, scope.model).monitoring;
  if (drift === null) return [];
  const manifest = await deps.releases.manifest(scope.releaseId);
  const plan = planCounts(manifest, await readProfile(deps.objects, manifest), drift.ignore);
  const live: CountedWindow = { fromMs: scope.fromMs, toMs: scope.atMs, releaseIds: [scope.releaseId] };
  const { reference } = drift;
  const earlier: CountedWindow[] = [];
  if (reference.kind === 'season') {
    const releaseIds = await releasesLike(deps, scope, manifest);
    for (let period = 1; period <= reference.periods; period++) {
      const backMs = period * reference.periodMs;
      earlier.push({ fromMs: live.fromMs - backMs, toMs: live.toMs - backMs, releaseIds });
    }
  }
  const rows: CountedRows = { database: deps.database, model: scope.model, windows: [live, ...earlier] };
  const statements = {
    numbers: numberCountsSql(rows, plan),
    ...(plan.texts.length > 0 && { texts: textCountsSql(rows, plan) }),
    units: unitCountsSql(rows),
  };
  return Object.entries(statements).map(([part, statement]) => ({
    part: `columns/${part}`,
    query: unloadQuery(deps, statement, `${scope.prefix}columns/${part}/`, `the drift scan of model ${scope.model}`),
  }));
}

/** Releases of the model with the same inputs in the same order, so that their values can be counted together. */
async function releasesLike(
  { registry, releases }: PlanColumnsDeps,
  { model, releaseId }: ScanScope,
  manifest: ReleaseManifest,
): Promise<readonly string[]> {
  const inputsOf = ({ inputs }: ReleaseManifest) =>
    JSON.stringify(inputs.map(({ view, feature, type }) => [view, feature, type]));
  const newest = (await registry.releases(model)).slice(0, MAX_EARLIER_RELEASES).map((release) => release.releaseId);
  const manifests = await Promise.all(newest.map((id) => releases.manifest(id)));
  const alike = newest.filter((_, i) => inputsOf(manifests[i]!) === inputsOf(manifest));
  return [...new Set([releaseId, ...alike])];
}
