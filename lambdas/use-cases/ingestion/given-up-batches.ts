import { FailedBatchDocument, StreamEvent } from '../../../contracts/stream-event.ts';
import { type DeadLetterDeps, keepDeadLetter, type StreamRecord } from './dead-letters.ts';
import { recordsOf } from './records-of.ts';
import { type JudgedRecord, judgeRecord, type StoreStreamRowsDeps } from './store-stream-rows.ts';

/** Where Lambda puts what it gives up: `aws/lambda/<mapping>/<shard>/…`. */
const GIVEN_UP = 'aws/lambda/';
const AT_ONCE = 32;

export async function givenUpBatchKeys({ objects, offlineBucket }: DeadLetterDeps): Promise<readonly string[]> {
  return (await objects.list(offlineBucket, GIVEN_UP)).map(({ key }) => key);
}

/**
 * Makes a dead letter of each record of the batches that Lambda gave up, and then deletes those. Letters that are there
 * stay as they are, so a batch may be opened again.
 *
 * @returns whether time was enough for all of them, and the keys of objects that are no such batch and are left alone
 */
export async function openGivenUpBatches(
  deps: DeadLetterDeps & Pick<StoreStreamRowsDeps, 'definitions' | 'clock'>,
  untilMs: number,
): Promise<{ readonly isDone: boolean; readonly unreadable: string[] }> {
  const unreadable: string[] = [];
  for (const key of await givenUpBatchKeys(deps)) {
    if (deps.clock.now().getTime() >= untilMs) return { isDone: false, unreadable };
    const batch = batchOf(await deps.objects.get({ bucket: deps.offlineBucket, key }));
    if (batch === null) {
      unreadable.push(key);
      continue;
    }
    const { reason, deadAt } = batch;
    for (let from = 0; from < batch.records.length; from += AT_ONCE) {
      const some = batch.records.slice(from, from + AT_ONCE);
      const keep = (record: StreamRecord) => {
        const source = sourceNameOf(judgeRecord(deps, record));
        return keepDeadLetter(deps, record, { source, reason, kind: 'given-up', deadAt });
      };
      await Promise.all(some.map(keep));
    }
    await deps.objects.deleteAll(deps.offlineBucket, key);
  }
  return { isDone: true, unreadable };
}

function sourceNameOf({ source }: JudgedRecord): string | null {
  return typeof source === 'object' ? (source?.name ?? null) : source;
}

interface GivenUpBatch {
  readonly records: readonly StreamRecord[];
  readonly reason: string;
  readonly deadAt: string;
}

/** Null for what is no such batch. */
function batchOf(body: Uint8Array): GivenUpBatch | null {
  try {
    const { requestContext, timestamp, payload } = FailedBatchDocument.parse(
      JSON.parse(new TextDecoder().decode(body)),
    );
    const { condition, approximateInvokeCount: tries } = requestContext;
    return {
      records: recordsOf(StreamEvent.parse(JSON.parse(payload))),
      reason: `its batch was given up after ${tries} tries: ${condition}`,
      deadAt: new Date(timestamp).toISOString(),
    };
  } catch {
    return null;
  }
}
