import type { Definitions } from '../../../core/definitions/definitions.ts';
import { recordId, type StreamPlace } from '../../../core/ingestion/stream-runs.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** A record of the stream, as Lambda read it. */
export interface StreamRecord extends StreamPlace {
  readonly partitionKey: string;
  readonly arrivedAtMs: number;
  readonly data: Uint8Array;
}

/** A record that is not stored, with its bytes and the reason. */
export interface DeadLetter extends StreamPlace {
  /** The same record is the same letter; letters of a shard sort as the shard does. */
  readonly letterId: string;
  /** What the record says; null when it says none. */
  readonly source: string | null;
  readonly reason: string;
  /**
   * `rejected`: it was found bad and left out of the run that stored its neighbours. `given-up`: its batch failed again
   * and again, so it may have been stored or not.
   */
  readonly kind: 'rejected' | 'given-up';
  readonly partitionKey: string;
  readonly arrivedAt: string;
  readonly deadAt: string;
  /** The original bytes in base64. */
  readonly data: string;
}

export interface DeadLetterDeps {
  readonly definitions: Pick<Definitions, 'sources'>;
  readonly objects: ObjectStore;
  readonly offlineBucket: string;
}

const OPEN_LETTERS = 'dead-letter/open/';
const REPLAYED_LETTERS = 'dead-letter/replayed/';
/** No name of a source begins so. */
const NO_SOURCE = '_unknown';

/** Keeps a record as a dead letter. One that is there already stays as it is. */
export async function keepDeadLetter(
  { definitions, objects, offlineBucket: bucket }: DeadLetterDeps,
  record: StreamRecord,
  why: Pick<DeadLetter, 'source' | 'reason' | 'kind' | 'deadAt'>,
): Promise<void> {
  const { streamArn, shardId, sequenceNumber, partitionKey } = record;
  const letter: DeadLetter = {
    letterId: recordId(record),
    ...why,
    streamArn,
    shardId,
    sequenceNumber,
    partitionKey,
    arrivedAt: new Date(record.arrivedAtMs).toISOString(),
    data: Buffer.from(record.data).toString('base64'),
  };
  const isKnown = definitions.sources.some(({ name }) => name === why.source);
  const key = `${openPrefix(isKnown ? why.source : null)}${letter.letterId}.json`;
  await objects.putIfAbsent({ bucket, key }, jsonBytes(letter), 'application/json');
}

/** Where open letters of a source lie; of null those that name no source there was. */
function openPrefix(source: string | null): string {
  return `${OPEN_LETTERS}${source ?? NO_SOURCE}/`;
}

/** Keys of open letters in order of source and place; of one source, or of all. */
export async function openLetterKeys(
  { objects, offlineBucket }: DeadLetterDeps,
  source: string | undefined,
): Promise<readonly string[]> {
  const facts = await objects.list(offlineBucket, source === undefined ? OPEN_LETTERS : openPrefix(source));
  return facts.map(({ key }) => key);
}

export async function readLetter({ objects, offlineBucket: bucket }: DeadLetterDeps, key: string): Promise<DeadLetter> {
  return JSON.parse(new TextDecoder().decode(await objects.get({ bucket, key }))) as DeadLetter; // written by keepDeadLetter
}

export function recordOf(letter: DeadLetter): StreamRecord {
  const { streamArn, shardId, sequenceNumber, partitionKey } = letter;
  const data = Buffer.from(letter.data, 'base64');
  return { streamArn, shardId, sequenceNumber, partitionKey, arrivedAtMs: Date.parse(letter.arrivedAt), data };
}

/** Moves a letter to those that are done, with what became of it. */
export async function closeLetter(
  { objects, offlineBucket: bucket }: DeadLetterDeps,
  key: string,
  letter: DeadLetter,
  closed: { readonly outcome: string; readonly replayedAt: string },
): Promise<void> {
  const done = `${REPLAYED_LETTERS}${key.slice(OPEN_LETTERS.length)}`;
  await objects.put({ bucket, key: done }, jsonBytes({ ...letter, ...closed }), 'application/json');
  await objects.deleteAll(bucket, key);
}

function jsonBytes(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
