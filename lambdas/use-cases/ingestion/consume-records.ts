import type { Metrics } from '../../ports/metrics.ts';
import { countRows } from './count-rows.ts';
import { keepDeadLetter, type StreamRecord } from './dead-letters.ts';
import { type GoodRecord, judgeRecord, type StoreStreamRowsDeps, storeStreamRows } from './store-stream-rows.ts';

export interface ConsumeRecordsDeps extends StoreStreamRowsDeps {
  readonly metrics: Metrics;
  /** Told of what will be tried again. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/**
 * Stores records of one shard, offline and online. What can never be stored becomes a dead letter by itself and fails
 * nothing; what could not be stored now is answered, to be given again.
 *
 * @param records in the order of the shard
 * @returns the records that failed; all others are done, and giving them again changes nothing
 */
export async function consumeRecords(
  deps: ConsumeRecordsDeps,
  records: readonly StreamRecord[],
): Promise<readonly StreamRecord[]> {
  const failed = new Set<StreamRecord>();
  const good = new Map<string, GoodRecord[]>();
  for (const record of records) {
    const judged = judgeRecord(deps, record);
    if ('checked' in judged) {
      const group = good.get(judged.source.name);
      if (group === undefined) good.set(judged.source.name, [judged]);
      else group.push(judged);
      continue;
    }
    const { source, reason } = judged;
    try {
      const deadAt = deps.clock.now().toISOString();
      await keepDeadLetter(deps, record, { source, reason, kind: 'rejected', deadAt });
      const isKnown = deps.definitions.sources.some(({ name }) => name === source);
      countRows(deps.metrics, isKnown ? source! : 'unknown', { RowsDead: 1 }); // producers must not make up dimensions
    } catch (error) {
      deps.onFailure(`dead letter of record ${record.sequenceNumber}`, error);
      failed.add(record);
    }
  }
  for (const [name, group] of good) {
    try {
      const { written, duplicate } = await storeStreamRows(deps, group[0]!.source, group); // no group is empty
      countRows(deps.metrics, name, { RowsWritten: written, RowsDuplicate: duplicate });
    } catch (error) {
      deps.onFailure(`${group.length} rows of source ${name}`, error);
      for (const { record } of group) failed.add(record);
    }
  }
  return records.filter((record) => failed.has(record));
}
