import type { MetricSink } from '../../metric-sink.ts';
import type { ProvisionedResource, Region, RemovedResource, ResourceRequest, ResourceType } from '../../service.ts';
import { type EventSourceMapping, readMapping } from './event-source-mapping.ts';
import type { Functions } from './functions.ts';
import { consumeShard } from './shard-consumer.ts';

export interface EventSourceMappings extends ResourceType {
  /** Begins to read; mappings that are provisioned later begin at once. */
  resume(): void;
  /** After it resolves nothing is read, and no batch is under way. */
  stop(): Promise<void>;
}

interface Running {
  mapping: EventSourceMapping;
  readonly abort: AbortController;
  shards: Promise<void>;
}

/** Counted by mapping; the others are measured of the function, as CloudWatch has them. */
const OF_THE_MAPPING = /EventCount$/;
const RETRY_MS = 5_000;

/** Feeds functions from Kinesis streams, with the right of the function's role and a checkpoint for each shard. */
export function makeEventSourceMappings(
  region: Region,
  functions: Pick<Functions, 'find' | 'run'>,
  metrics: MetricSink,
): EventSourceMappings {
  const store = region.store('lambda');
  const mappings = new Map<string, EventSourceMapping>();
  const running = new Map<string, Running>();
  let isResumed = false;

  const measure = (mapping: EventSourceMapping, data: Readonly<Record<string, number>>): void => {
    for (const [name, value] of Object.entries(data)) {
      const isOfMapping = OF_THE_MAPPING.test(name);
      if (isOfMapping && !mapping.countsEvents) continue;
      const dimensions: Record<string, string> = isOfMapping
        ? { EventSourceMappingUUID: mapping.uuid }
        : { FunctionName: mapping.functionName };
      const unit = name === 'IteratorAge' ? 'Milliseconds' : 'Count';
      metrics.add('AWS/Lambda', [{ name, dimensions, values: [value], unit, timestampMs: Date.now() }]);
    }
  };

  const begin = (first: EventSourceMapping): void => {
    const entry: Running = { mapping: first, abort: new AbortController(), shards: Promise.resolve() };
    const { signal } = entry.abort;
    const deps = {
      region,
      mapping: () => entry.mapping,
      run: (payload: string) => functions.run(entry.mapping.functionName, payload),
      measure: (data: Readonly<Record<string, number>>) => measure(entry.mapping, data),
      signal,
    };
    entry.shards = untilStopped(signal, `stream ${first.streamArn}`, async () => {
      const caller = region.callerForRole(first.roleArn);
      const { Shards } = await region.invoke('kinesis', 'ListShards', { StreamARN: first.streamArn }, caller);
      const ids = (Shards as readonly { readonly ShardId: string }[]).map(({ ShardId }) => ShardId); // as ListShards answers
      const consume = (shardId: string) =>
        untilStopped(signal, `${shardId} of ${first.streamArn}`, () => consumeShard({ ...deps, shardId }));
      await Promise.all(ids.map(consume));
    });
    running.set(first.uuid, entry);
  };

  /** A shard that cannot be read, because a permission was taken away, is tried again. */
  const untilStopped = async (signal: AbortSignal, what: string, work: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (signal.aborted) return;
        region.log('lambda', 'error', `${what} cannot be read now: ${String(error)}`);
        await region.clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    }
  };

  const end = async (uuid: string): Promise<void> => {
    const entry = running.get(uuid);
    running.delete(uuid);
    entry?.abort.abort(new Error('the event source mapping stops'));
    await entry?.shards;
  };

  const follow = async (mapping: EventSourceMapping): Promise<void> => {
    const entry = running.get(mapping.uuid);
    if (entry !== undefined && mapping.isEnabled) entry.mapping = mapping;
    else if (entry !== undefined) await end(mapping.uuid);
    else if (isResumed && mapping.isEnabled) begin(mapping);
  };

  return {
    provision: async (request: ResourceRequest): Promise<ProvisionedResource> => {
      const read = readMapping(region, request, (reference) => {
        const { definition, arn } = functions.find(reference);
        return { name: definition.name, arn, roleArn: definition.roleArn };
      });
      // where a mapping began stays, or a restart would skip what came while the region was down
      const startAtMs = store.get<{ readonly at: number | null }>('stream-start', read.uuid)?.at ?? read.startAtMs;
      const mapping = { ...read, startAtMs };
      store.put('stream-start', mapping.uuid, { at: startAtMs });
      mappings.set(mapping.uuid, mapping);
      await follow(mapping);
      const arn = `arn:aws:lambda:${region.regionName}:${region.accountId}:event-source-mapping:${mapping.uuid}`;
      return { ref: mapping.uuid, attributes: { Id: mapping.uuid, EventSourceMappingArn: arn } };
    },
    remove: async ({ ref }: RemovedResource): Promise<void> => {
      await end(ref);
      mappings.delete(ref);
      store.delete('stream-start', ref);
      for (const { key } of store.list('checkpoint')) if (key.startsWith(`${ref}/`)) store.delete('checkpoint', key);
    },
    resume: () => {
      isResumed = true;
      for (const mapping of mappings.values()) if (mapping.isEnabled && !running.has(mapping.uuid)) begin(mapping);
    },
    stop: async () => {
      isResumed = false;
      await Promise.all([...running.keys()].map(end));
    },
  };
}
