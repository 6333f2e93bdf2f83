import type { LineageResponse } from '../../../contracts/api/releases.ts';
import { lineageOf, lineageTables } from '../../../core/release/lineage.ts';
import type { TableLog } from '../../ports/table-log.ts';
import type { ReadReleasesDeps } from './compare-releases.ts';
import { findRelease } from './find-release.ts';

export interface TellLineageDeps extends ReadReleasesDeps {
  readonly tables: Pick<TableLog, 'committedRuns'>;
}

const BEFORE_EVERY_RUN = ' ';
const AFTER_EVERY_RUN = '~';

/**
 * What a release came from: rows, runs, views, training set, job; and the rollouts it went out with.
 *
 * @throws NotFoundError
 */
export async function tellLineage(deps: TellLineageDeps, id: string): Promise<LineageResponse> {
  const { releaseId, model } = await findRelease(deps.registry, id);
  const [manifest, rollouts] = await Promise.all([deps.releases.manifest(releaseId), deps.registry.rollouts(model)]);
  const runs = await Promise.all(
    lineageTables(manifest).map(async (table) => {
      const found = await deps.tables.committedRuns(table, BEFORE_EVERY_RUN, AFTER_EVERY_RUN, Number.POSITIVE_INFINITY);
      return [table, found] as const;
    }),
  );
  const byTable = new Map(runs);
  return lineageOf(manifest, rollouts, (table) => byTable.get(table) ?? []) as LineageResponse; // equal but for readonly
}
