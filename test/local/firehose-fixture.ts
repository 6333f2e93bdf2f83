import type { LocalService, RegionClock } from '../../local/service.ts';
import { makeFirehoseService } from '../../local/services/firehose/service.ts';
import { makeGlueService } from '../../local/services/glue/service.ts';
import { createBucket } from '../../local/services/s3/bucket.ts';
import { type FakeRegion, fakeRegion, PERSON } from './fake-region.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/delivery';
const DAY = new Date('2026-03-05T06:07:08Z');

/** A clock that stands still; `pass` ends every sleep. */
function stillClock(): RegionClock & { pass(): void } {
  const wakers = new Set<() => void>();
  return {
    now: () => DAY,
    speed: 1,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        wakers.add(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
    pass: () => {
      for (const wake of wakers) wake();
      wakers.clear();
    },
  };
}

/** A region with the stream `predictions` to the bucket `log`; `stateDir` goes on where a killed one was. */
export async function firehoseFixture(destination: object = {}, stateDir?: string) {
  const clock = stillClock();
  const region = fakeRegion(stateDir === undefined ? { clock } : { clock, stateDir });
  const firehose = makeFirehoseService(region);
  const glue = makeGlueService(region);
  region.services.push(firehose, glue);
  createBucket(region, 'log', { hasEventBridge: false, encryptionHeaders: {} });
  const resource = { stackName: 's', logicalId: 'Stream', generatedName: 'predictions', assemblyDir: '/' };
  const provision = (more: object) =>
    firehose.resources!['AWS::KinesisFirehose::DeliveryStream']!.provision({
      ...resource,
      properties: {
        ExtendedS3DestinationConfiguration: {
          BucketARN: 'arn:aws:s3:::log',
          RoleARN: ROLE,
          Prefix: 'p/dt=!{timestamp:yyyy-MM-dd}/',
          ...more,
        },
      },
    });
  await provision(destination);
  await firehose.resume!();
  return { region, clock, firehose, glue, provision };
}

/** One PutRecordBatch. */
export function put(region: FakeRegion, ...records: string[]): Promise<Record<string, unknown>> {
  const Records = records.map((record) => ({ Data: Buffer.from(record).toString('base64') }));
  return region.invoke('firehose', 'PutRecordBatch', { DeliveryStreamName: 'predictions', Records }, PERSON);
}

export async function stopAndRemove(region: FakeRegion, firehose: LocalService): Promise<void> {
  await firehose.stop!();
  region.remove();
}
