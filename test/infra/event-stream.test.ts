import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { environmentOf } from '../../lib/config/environments.ts';
import { resourcesIn, rolePolicies } from './policies.ts';
import { plainText, resourcesOf, synthesize } from './synth.ts';

const { data, platform } = synthesize();

it('has one stream, encrypted, that grows with its producers', () => {
  data.resourceCountIs('AWS::Kinesis::Stream', 1);
  data.hasResourceProperties('AWS::Kinesis::Stream', {
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
    RetentionPeriodHours: 24,
  });
});

it('keeps the stream of production when its stack goes', () => {
  const [[, stream] = []] = resourcesOf(synthesize(environmentOf('prod')).data, 'AWS::Kinesis::Stream');
  expect(stream?.DeletionPolicy).toBe('Retain');
});

it('gives a shard’s records in order, only those again that failed, and up before the stream forgets them', () => {
  const [[, mapping] = []] = resourcesOf(platform, 'AWS::Lambda::EventSourceMapping');
  expect(mapping?.Properties).toMatchObject({
    ParallelizationFactor: 1,
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 10,
  });
  expect(Number(mapping?.Properties['MaximumRecordAgeInSeconds'])).toBeLessThan(24 * 3600);
});

it('sends what is given up to the offline bucket, where the consumer alone may put it', () => {
  platform.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
  });
  const writers = [...rolePolicies(platform)]
    .filter(([, statements]) =>
      statements.some(
        (statement) =>
          [statement.Action].flat().includes('s3:PutObject') &&
          resourcesIn(statement).some((resource) => /aws\/lambda\/\*/.test(plainText(resource))),
      ),
    )
    .map(([name]) => name);
  expect(writers).toEqual(['FunctionsIngestionConsumeStream']);
});

it('lets nobody but the consumer read the stream', () => {
  const readers = [...rolePolicies(platform)]
    .filter(([, statements]) =>
      statements.some(({ Action }) => [Action].flat().some((action) => action.startsWith('kinesis:'))),
    )
    .map(([name]) => name);
  expect(readers).toEqual(['FunctionsIngestionConsumeStream']);
});
