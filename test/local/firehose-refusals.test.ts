import { afterEach, describe, expect, it } from 'vitest';
import { PERSON } from './fake-region.ts';
import { firehoseFixture, stopAndRemove } from './firehose-fixture.ts';

const left: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const undo of left.splice(0).reverse()) await undo();
});

describe('what Firehose refuses', () => {
  it.each([
    ['an unknown stream', { DeliveryStreamName: 'nobodys', Records: [{ Data: '' }] }, 'ResourceNotFoundException'],
    ['no records', { DeliveryStreamName: 'predictions', Records: [] }, 'InvalidArgumentException'],
    [
      '501 records',
      { DeliveryStreamName: 'predictions', Records: Array(501).fill({ Data: '' }) },
      'InvalidArgumentException',
    ],
    [
      'a record over 1,000 KiB',
      { DeliveryStreamName: 'predictions', Records: [{ Data: Buffer.alloc(1_024_001).toString('base64') }] },
      'InvalidArgumentException',
    ],
    [
      'more than 4 MiB',
      {
        DeliveryStreamName: 'predictions',
        Records: Array(5).fill({ Data: Buffer.alloc(1_000_000).toString('base64') }),
      },
      'InvalidArgumentException',
    ],
  ])('%s', async (_, input, code) => {
    const { region, firehose } = await firehoseFixture();
    left.push(() => stopAndRemove(region, firehose));
    await expect(region.invoke('firehose', 'PutRecordBatch', input, PERSON)).rejects.toMatchObject({ code });
  });

  it.each([
    [{ Prefix: '!{timestamp:QQQ}/' }, 'QQQ'],
    [{ Prefix: '!{partitionKeyFromQuery:customer}/' }, 'partitionKeyFromQuery'],
    [{ CompressionFormat: 'Snappy' }, 'CompressionFormat'],
    [{ ProcessingConfiguration: { Processors: [{ Type: 'Lambda' }] } }, 'AppendDelimiterToRecord'],
  ])('a template with %j', async (destination, message) => {
    const { region, firehose, provision } = await firehoseFixture();
    left.push(() => stopAndRemove(region, firehose));
    await expect(provision(destination)).rejects.toThrow(message);
  });
});
