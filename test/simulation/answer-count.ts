import type { CountedLook } from '../../contracts/rollout.ts';
import type { CountSpec } from '../../core/rollout/count-spec.ts';
import type { CountRow } from '../../core/rollout/read-counts.ts';
import type { ObjectStore } from '../../lambdas/ports/object-store.ts';
import type { ParquetFiles } from '../../lambdas/ports/parquet-files.ts';
import type { RequestLog } from './request-log.ts';

export const OFFLINE = 'offline';

/** What the machine was told to count, by the token of the query. */
export type AskedCounts = Map<string, CountedLook>;

/** Athena's answer to a count: the same query again is not run again, and its file is there. */
export async function answerCount(
  asked: AskedCounts,
  given: unknown,
  world: { readonly log: RequestLog; readonly objects: ObjectStore; readonly nowMs: number },
): Promise<object> {
  const token = (given as { ClientRequestToken: string }).ClientRequestToken; // of the integration
  const counted = asked.get(token);
  if (counted === undefined) throw new Error('a query that no move asked for');
  const place = { bucket: OFFLINE, key: `${counted.prefix}part-0` };
  if ((await world.objects.head(place)) === null) {
    const rows = world.log.count(counted.spec as CountSpec, world.nowMs); // digests are texts to a schema
    await world.objects.put(place, new TextEncoder().encode(JSON.stringify(rows)), 'application/json');
  }
  return { QueryExecution: { Status: { State: 'SUCCEEDED' } } };
}

/** Files of counts, as JSON: the format of files is tested elsewhere. */
export const countFiles: ParquetFiles = {
  async open(bytes) {
    const rows = JSON.parse(new TextDecoder().decode(bytes)) as CountRow[]; // written by answerCount
    const names = ['release_id', 'measure', 'bin', 'n', 'total', 'squares'];
    return {
      rows: rows.length,
      columns: names,
      async *batches() {
        const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
        yield { firstRow: 0, rows: rows.length, columns };
      },
    };
  },
  write() {
    throw new Error('nothing writes counts but the query');
  },
};
