import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError, type Caller, type Region } from '../../service.ts';
import { ShardLog } from './shard-log.ts';
import type { KinesisStream } from './stream.ts';

const COLLECTION = 'stream';
const HOUR_MS = 3_600_000;

/** How a call names a stream; one of the two, or both when they agree. */
export interface StreamName {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

/** The streams there are, and the records of their shards. */
export class Streams {
  readonly #region: Region;
  readonly #logs = new Map<string, ShardLog[]>();

  constructor(region: Region) {
    this.#region = region;
  }

  find(name: string): KinesisStream | undefined {
    return this.#region.store('kinesis').get<KinesisStream>(COLLECTION, name);
  }

  names(): readonly string[] {
    return this.#region
      .store('kinesis')
      .list(COLLECTION)
      .map(({ key }) => key);
  }

  put(stream: KinesisStream): void {
    this.#region.store('kinesis').put(COLLECTION, stream.name, stream);
  }

  remove(name: string): void {
    this.#close(name);
    rmSync(this.#folder(name), { recursive: true, force: true });
    this.#region.store('kinesis').delete(COLLECTION, name);
  }

  /** The stream a call is about, once the caller may do that to it. @throws AwsError as Kinesis refuses */
  authorized(caller: Caller, action: string, asked: StreamName): KinesisStream {
    const name = nameOf(asked);
    const { regionName, accountId } = this.#region;
    this.#region.authorize(caller, `kinesis:${action}`, `arn:aws:kinesis:${regionName}:${accountId}:stream/${name}`);
    const stream = this.find(name);
    if (stream !== undefined) return stream;
    throw new AwsError('ResourceNotFoundException', `Stream ${name} under account ${accountId} not found.`);
  }

  /** The records of a shard that are within retention. */
  log(stream: KinesisStream, shard: number): ShardLog {
    let logs = this.#logs.get(stream.name);
    if (logs === undefined) {
      logs = Array.from({ length: stream.shardCount }, (_, i) => new ShardLog(this.#folder(stream.name), i));
      this.#logs.set(stream.name, logs);
    }
    const log = logs[shard]!; // callers ask shardIndex or shardOf first
    log.trim(this.#region.clock.now().getTime() - stream.retentionHours * HOUR_MS);
    return log;
  }

  close(): void {
    for (const name of [...this.#logs.keys()]) this.#close(name);
  }

  #close(name: string): void {
    for (const log of this.#logs.get(name) ?? []) log.close();
    this.#logs.delete(name);
  }

  #folder(name: string): string {
    return join(this.#region.stateDir, 'kinesis', name);
  }
}

function nameOf({ StreamName, StreamARN }: StreamName): string {
  const byArn =
    StreamARN === undefined ? undefined : /^arn:[^:]+:kinesis:[^:]*:\d{12}:stream\/(.+)$/.exec(StreamARN)?.[1];
  const name = StreamARN === undefined ? StreamName : byArn;
  if (name === undefined || (StreamName !== undefined && StreamName !== name)) {
    throw new AwsError(
      'InvalidArgumentException',
      `StreamARN or StreamName has to name one stream, given ${JSON.stringify({ StreamName, StreamARN })}`,
    );
  }
  return name;
}
