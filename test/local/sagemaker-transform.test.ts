import {
  CreateModelCommand,
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  DescribeTransformJobCommand,
  ListTransformJobsCommand,
  StopTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getObject } from '../../local/services/s3/object-files.ts';
import { parseRecordFilter } from '../../local/services/sagemaker/record-filter.ts';
import { BUCKET, IMAGE, ROLE, type SageMakerLab, sageMakerLab, until } from './sagemaker-lab.ts';

let lab: SageMakerLab;

beforeAll(async () => {
  lab = await sageMakerLab();
  await lab.put('data/train/and.csv', '0,0,0\n0,0,1\n0,1,0\n1,1,1\n');
  await lab.train('and', { HyperParameters: { num_round: '20', objective: 'binary:logistic', min_child_weight: '0' } });
  await lab.untilTrained('and');
  await lab.client.send(
    new CreateModelCommand({
      ModelName: 'and',
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/out/and/output/model.tar.gz` },
    }),
  );
  await lab.put('in/a.csv', 'id1,0,0\nid2,0,1\nid3,1,0\nid4,1,1\n');
  await lab.put('in/deep/b.csv', 'id5,1,1\n');
  await lab.put('bad/c.csv', '0,0\nzero,one\n');
});

afterAll(() => lab.close());

type More = { input?: object; output?: object } & Partial<CreateTransformJobCommandInput>;

const create = (TransformJobName: string, { input, output, ...more }: More = {}) =>
  lab.client.send(
    new CreateTransformJobCommand({
      TransformJobName,
      ModelName: 'and',
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/in/` } },
        ContentType: 'text/csv',
        SplitType: 'Line',
        ...input,
      },
      TransformOutput: {
        S3OutputPath: `s3://${BUCKET}/scored/${TransformJobName}`,
        Accept: 'text/csv',
        AssembleWith: 'Line',
        ...output,
      },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      DataProcessing: { InputFilter: '$[1:]', OutputFilter: '$[0,3]', JoinSource: 'Input' },
      ...more,
    }),
  );
const done = (name: string) =>
  until(
    () => lab.client.send(new DescribeTransformJobCommand({ TransformJobName: name })),
    ({ TransformJobStatus }) => ['Completed', 'Failed', 'Stopped'].includes(String(TransformJobStatus)),
  );
const output = async (key: string) => (await getObject(lab.region, BUCKET, `scored/${key}`))?.body.toString('utf8');

describe('a transform job', () => {
  it.each(['MultiRecord', 'SingleRecord'] as const)(
    'scores every object and keeps ids beside scores (%s)',
    async (BatchStrategy) => {
      const name = BatchStrategy.toLowerCase();
      await create(name, { BatchStrategy, MaxConcurrentTransforms: 3 });
      expect(await done(name)).toMatchObject({ TransformJobStatus: 'Completed' });
      const rows = (await output(`${name}/a.csv.out`))
        ?.trim()
        .split('\n')
        .map((line) => line.split(','));
      expect(rows?.map(([id]) => id)).toEqual(['id1', 'id2', 'id3', 'id4']);
      expect(rows?.map(([, score]) => Number(score) > 0.5)).toEqual([false, false, false, true]);
      expect(await output(`${name}/deep/b.csv.out`)).toBe(`id5,${rows?.[3]?.[1]}\n`);
    },
  );

  it('writes scores alone without data processing', async () => {
    await lab.put('plain/x.csv', '1,1\n0,0\n');
    const DataSource = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/plain` } };
    await lab.client.send(
      new CreateTransformJobCommand({
        TransformJobName: 'plain',
        ModelName: 'and',
        TransformInput: { DataSource: DataSource as never, ContentType: 'text/csv' },
        TransformOutput: { S3OutputPath: `s3://${BUCKET}/scored/plain` },
        TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      }),
    );
    expect(await done('plain')).toMatchObject({ TransformJobStatus: 'Completed' });
    expect(
      (await output('plain/x.csv.out'))
        ?.trim()
        .split('\n')
        .map((score) => Number(score) > 0.5),
    ).toEqual([true, false]);
  });

  it('fails with the words of the container, and leaves no output of a broken object', async () => {
    const DataSource = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/bad/` } };
    await create('broken', { input: { DataSource }, DataProcessing: {} });
    const job = await done('broken');
    expect(job.FailureReason).toMatch(/415: Loading csv data failed.*row 2 column 1 is "zero"/);
    expect(await output('broken/c.csv.out')).toBeUndefined();
  });

  it('fails when its role may not write, before anything is scored', async () => {
    lab.region.denied.add('s3:PutObject');
    await create('readonly');
    expect((await done('readonly')).FailureReason).toMatch(/not authorized to perform: s3:PutObject/);
    lab.region.denied.clear();
  });

  it('can be stopped', async () => {
    await create('stopped');
    await lab.client.send(new StopTransformJobCommand({ TransformJobName: 'stopped' }));
    expect(await done('stopped')).toMatchObject({ TransformJobStatus: 'Stopped' });
  });

  it('tells the event bus, and is listed', async () => {
    const statuses = lab.region.events
      .filter(({ detail }) => detail['TransformJobName'] === 'multirecord')
      .map(({ detail }) => detail['TransformJobStatus']);
    expect(statuses).toEqual(['InProgress', 'Completed']);
    const { TransformJobSummaries } = await lab.client.send(
      new ListTransformJobsCommand({ StatusEquals: 'Failed', SortBy: 'Name', SortOrder: 'Ascending' }),
    );
    expect(TransformJobSummaries?.map(({ TransformJobName }) => TransformJobName)).toEqual(['broken', 'readonly']);
  });
});

describe('CreateTransformJob refuses', () => {
  it.each<[string, More, RegExp]>([
    ['a filter it does not know', { DataProcessing: { InputFilter: '$..a' } }, /"\$\.\.a" is not a filter/],
    ['data processing without lines', { input: { SplitType: 'None' } }, /needs SplitType Line/],
    ['payloads over 100 MB at once', { MaxPayloadInMB: 50, MaxConcurrentTransforms: 3 }, /must not exceed 100 MB/],
    ['a model that is not there', { ModelName: 'nobody' }, /Could not find model/],
  ])('%s', async (_, more, message) => {
    await expect(create('refused', more)).rejects.toThrow(message);
  });

  it('a name that is taken', async () => {
    await expect(create('broken')).rejects.toMatchObject({ name: 'ResourceInUse' });
  });
});

describe('record filters', () => {
  it.each([
    ['$', 'text/csv', 'a,b,c', 'a,b,c'],
    ['$[1:]', 'text/csv', 'a,b,c', 'b,c'],
    ['$[:-1]', 'text/csv', 'a,b,c', 'a,b'],
    ['$[0,2]', 'text/csv', 'a,b,c', 'a,c'],
    ['$[1]', 'text/csv', 'a,b,c', 'b'],
    ['$.x.y', 'application/jsonlines', '{"x":{"y":[1]}}', '[1]'],
    ['$.z', 'application/json', '{"x":1}', 'null'],
  ])('%s of %s %s is %s', (path, type, record, expected) => {
    expect(parseRecordFilter(path, type)?.(record)).toBe(expected);
  });

  it('says which column is missing, and gives undefined for other paths', () => {
    expect(() => parseRecordFilter('$[3]', 'text/csv')?.('a,b')).toThrow(/2 columns, but column 3/);
    expect(parseRecordFilter('$.x', 'text/csv')).toBeUndefined();
    expect(parseRecordFilter('$[a]', 'text/csv')).toBeUndefined();
  });
});
