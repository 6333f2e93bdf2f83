import type { Region } from '../../service.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { type FailedBatch, sendFailedBatch } from './failed-batch.ts';
import type { InvocationResult } from './function-worker.ts';
import { eventOf, recordsDone, type StreamRecord, withinPayload } from './stream-batch.ts';

export interface ShardConsumerDeps {
  readonly region: Region;
  /** Asked for at each batch: a new template may have changed it. */
  readonly mapping: () => EventSourceMapping;
  readonly shardId: string;
  /** Runs the function once. @throws ThrottledError when it has no room */
  readonly run: (payload: string) => Promise<InvocationResult>;
  readonly measure: (data: Readonly<Record<string, number>>) => void;
  readonly signal: AbortSignal;
}

/** Records that are tried together, and how often they were. */
interface Attempt {
  readonly records: readonly StreamRecord[];
  readonly tries: number;
}

const POLL_MS = 1_000;
/** However fast the clock runs, an idle shard is asked ten times a second at most. */
const SHORTEST_POLL_MS = 100;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Feeds a function the records of one shard in order, batch after batch, from its checkpoint on. The checkpoint is kept
 * after every batch that is done or given up, so a killed region goes on there: a batch may come twice, none is left out.
 */
export async function consumeShard(deps: ShardConsumerDeps): Promise<void> {
  const { signal } = deps;
  while (!signal.aborted) {
    const records = await gather(deps);
    if (records.length === 0) await sleep(deps, Math.max(POLL_MS, SHORTEST_POLL_MS * deps.region.clock.speed));
    else await process(deps, records);
  }
}

/** Up to one batch; a batch that is not full waits for the rest of the window. */
async function gather(deps: ShardConsumerDeps): Promise<readonly StreamRecord[]> {
  const { batchSize, windowSeconds } = deps.mapping();
  const records = await read(deps, batchSize);
  if (records.length === 0 || records.length === batchSize || windowSeconds === 0) return records;
  await sleep(deps, windowSeconds * 1000);
  return read(deps, batchSize);
}

async function read(deps: ShardConsumerDeps, Limit: number): Promise<readonly StreamRecord[]> {
  const { region, shardId } = deps;
  const { streamArn: StreamARN, roleArn, startAtMs } = deps.mapping();
  const caller = region.callerForRole(roleArn);
  const after = checkpoint(deps).get();
  const from =
    after !== undefined
      ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after }
      : startAtMs === null
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: startAtMs / 1000 };
  const asked = { StreamARN, ShardId: shardId, ...from };
  const { ShardIterator } = await region.invoke('kinesis', 'GetShardIterator', asked, caller);
  const { Records } = await region.invoke('kinesis', 'GetRecords', { ShardIterator, Limit, StreamARN }, caller);
  return withinPayload(Records as readonly StreamRecord[]); // as GetRecords answers
}

async function process(deps: ShardConsumerDeps, batch: readonly StreamRecord[]): Promise<void> {
  deps.measure({ PolledEventCount: batch.length });
  let work: readonly Attempt[] = [{ records: batch, tries: 0 }];
  while (work.length > 0 && !deps.signal.aborted) {
    const [next, ...rest] = work as readonly [Attempt, ...Attempt[]];
    const more = await attempt(deps, next);
    work = [...more, ...rest];
  }
}

/** Tries records once. @returns what is left of them to try */
async function attempt(deps: ShardConsumerDeps, { records: given, tries }: Attempt): Promise<readonly Attempt[]> {
  const mapping = deps.mapping();
  const records = await dropOld(deps, given, tries);
  if (records.length === 0) return [];
  const result = await invoke(deps, records);
  if (deps.signal.aborted) return []; // the stop ended it; the next start reads it again
  if (result === 'throttled') {
    await sleep(deps, FIRST_RETRY_MS);
    return [{ records, tries }];
  }
  const done = recordsDone(mapping, records, result);
  if (done > 0) checkpoint(deps).put(records[done - 1]!.SequenceNumber);
  const left = records.slice(done);
  if (left.length === 0) return [];

  deps.measure({ FailedInvokeEventCount: left.length });
  if (result.isError && mapping.bisects && left.length > 1) {
    const middle = Math.ceil(left.length / 2); // splitting does not count as a retry
    return [left.slice(0, middle), left.slice(middle)].map((half) => ({ records: half, tries }));
  }
  if (mapping.maximumRetryAttempts >= 0 && tries >= mapping.maximumRetryAttempts) {
    const condition = 'RetryAttemptsExhausted';
    await giveUp(deps, { shardId: deps.shardId, records: left, condition, invokeCount: tries + 1, result });
    return [];
  }
  await sleep(deps, Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS));
  return [{ records: left, tries: tries + 1 }];
}

async function invoke(
  deps: ShardConsumerDeps,
  records: readonly StreamRecord[],
): Promise<InvocationResult | 'throttled'> {
  const arrivedMs = records.at(-1)!.ApproximateArrivalTimestamp * 1000;
  deps.measure({
    InvokedEventCount: records.length,
    IteratorAge: Math.max(0, deps.region.clock.now().getTime() - arrivedMs),
  });
  try {
    return await deps.run(JSON.stringify(eventOf(deps.mapping(), deps.shardId, records)));
  } catch (error) {
    deps.region.log(
      'lambda',
      'error',
      `${deps.mapping().functionName} took no batch of ${deps.shardId}: ${String(error)}`,
    );
    return 'throttled';
  }
}

/** Gives up records that are older than the mapping allows. @returns the others */
async function dropOld(
  deps: ShardConsumerDeps,
  records: readonly StreamRecord[],
  tries: number,
): Promise<readonly StreamRecord[]> {
  const { maximumRecordAgeSeconds: mostSeconds } = deps.mapping();
  if (mostSeconds < 0) return records;
  const { clock } = deps.region;
  const ageSeconds = (record: StreamRecord) =>
    (clock.now().getTime() / 1000 - record.ApproximateArrivalTimestamp) * clock.speed;
  const young = records.findIndex((record) => ageSeconds(record) <= mostSeconds);
  const old = young === -1 ? records : records.slice(0, young);
  if (old.length > 0) {
    await giveUp(deps, { shardId: deps.shardId, records: old, condition: 'RecordAgeExceeded', invokeCount: tries });
  }
  return records.slice(old.length);
}

/** As on AWS, what the destination does not take is lost to it, and the shard goes on. */
async function giveUp(deps: ShardConsumerDeps, batch: FailedBatch): Promise<void> {
  const mapping = deps.mapping();
  const count = batch.records.length;
  const what = `${count} records of ${deps.shardId} are given up by ${mapping.functionName} (${batch.condition})`;
  deps.region.log('lambda', 'error', `${what}: ${batch.result?.payload ?? 'they are too old'}`);
  try {
    await sendFailedBatch(deps.region, mapping, batch);
    deps.measure(
      mapping.onFailure === null ? { DroppedEventCount: count } : { OnFailureDestinationDeliveredEventCount: count },
    );
  } catch (error) {
    deps.region.log('lambda', 'error', `${mapping.onFailure} did not take them: ${String(error)}`);
    deps.measure({ DroppedEventCount: count, DestinationDeliveryFailures: 1 });
  }
  checkpoint(deps).put(batch.records.at(-1)!.SequenceNumber);
}

function checkpoint({ region, mapping, shardId }: ShardConsumerDeps) {
  const store = region.store('lambda');
  const key = `${mapping().uuid}/${shardId}`;
  return {
    get: () => store.get<string>('checkpoint', key),
    put: (sequenceNumber: string) => store.put('checkpoint', key, sequenceNumber),
  };
}

/** Ends early when the region stops. */
async function sleep({ region, signal }: ShardConsumerDeps, ms: number): Promise<void> {
  await region.clock.sleep(ms, signal).catch(() => undefined);
}
