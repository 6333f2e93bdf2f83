import { ListTagsCommand, ListTrainingJobsCommand, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getObject } from '../../local/services/s3/object-files.ts';
import { BUCKET, type SageMakerLab, sageMakerLab, until } from './sagemaker-lab.ts';

let lab: SageMakerLab;
const AND = '0,0,0\n0,0,1\n0,1,0\n1,1,1\n';

beforeAll(async () => {
  lab = await sageMakerLab({
    images: ['sleepy=sh -c "sleep 600"', 'stubborn=sh -c "echo loss=0.5; echo loss=0.25; exit 3"'],
  });
  await lab.put('data/train/part-0.csv', AND);
  await lab.put('data/train/deeper/part-1.csv', AND);
});

afterAll(() => lab.close());

const withImage = (image: string) => ({
  AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' as const },
});

describe('a training job', () => {
  it('trains on its channels, uploads the model and reports metrics', async () => {
    await lab.train('first', { Tags: [{ Key: 'team', Value: 'ml' }] });
    const job = await lab.untilTrained('first');
    expect(job).toMatchObject({
      TrainingJobStatus: 'Completed',
      SecondaryStatus: 'Completed',
      ModelArtifacts: { S3ModelArtifacts: `s3://${BUCKET}/out/first/output/model.tar.gz` },
    });
    expect(job['FinalMetricDataList']).toEqual([expect.objectContaining({ MetricName: 'train:logloss' })]);
    const transitions = job['SecondaryStatusTransitions'] as { Status: string }[];
    expect(transitions.map(({ Status }) => Status)).toEqual([
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ]);
    expect((await getObject(lab.region, BUCKET, 'out/first/output/model.tar.gz'))?.record.sizeBytes).toBeGreaterThan(
      100,
    );
    const tags = await lab.client.send(new ListTagsCommand({ ResourceArn: String(job['TrainingJobArn']) }));
    expect(tags.Tags).toEqual([{ Key: 'team', Value: 'ml' }]);
  });

  it('gives the same archive, byte for byte, for the same data', async () => {
    await lab.train('again');
    await lab.untilTrained('again');
    const [first, again] = await Promise.all(
      ['first', 'again'].map((name) => getObject(lab.region, BUCKET, `out/${name}/output/model.tar.gz`)),
    );
    expect(again?.record.etag).toBe(first?.record.etag);
  });

  it('tells the event bus when it starts and when it ends', () => {
    const statuses = lab.region.events
      .filter(({ detail }) => detail['TrainingJobName'] === 'first')
      .map(({ detailType, detail }) => [detailType, detail['TrainingJobStatus']]);
    expect(statuses).toEqual([
      ['SageMaker Training Job State Change', 'InProgress'],
      ['SageMaker Training Job State Change', 'Completed'],
    ]);
  });

  it('fails with what the container wrote to its failure file', async () => {
    await lab.train('typo', { HyperParameters: { num_rounds: '5' } });
    const job = await lab.untilTrained('typo');
    expect(job['TrainingJobStatus']).toBe('Failed');
    expect(job['FailureReason']).toMatch(/num_rounds \(value "5"\) is not known; known: .*num_round/);
  });

  it('fails when nothing lies under a channel', async () => {
    const S3DataSource = { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${BUCKET}/nowhere/` };
    await lab.train('empty', {
      InputDataConfig: [{ ChannelName: 'train', ContentType: 'text/csv', DataSource: { S3DataSource } }],
    });
    expect((await lab.untilTrained('empty'))['FailureReason']).toMatch(/No S3 objects found under S3 URL .*nowhere/);
  });

  it('fails when its role may not read the data', async () => {
    lab.region.denied.add(`s3:GetObject arn:aws:s3:::${BUCKET}/data/train/part-0.csv`);
    await lab.train('forbidden');
    const job = await lab.untilTrained('forbidden');
    lab.region.denied.clear();
    expect(job['FailureReason']).toMatch(/not authorized to perform: s3:GetObject/);
  });

  it('takes the files a manifest names', async () => {
    await lab.put('data/manifest.json', JSON.stringify([{ prefix: `s3://${BUCKET}/data/` }, 'train/part-0.csv']));
    const S3DataSource = { S3DataType: 'ManifestFile' as const, S3Uri: `s3://${BUCKET}/data/manifest.json` };
    await lab.train('manifest', {
      InputDataConfig: [{ ChannelName: 'train', ContentType: 'text/csv', DataSource: { S3DataSource } }],
    });
    expect((await lab.untilTrained('manifest'))['TrainingJobStatus']).toBe('Completed');
  });

  it('is stopped by the caller, and by its time limit', async () => {
    await lab.train('long', withImage('sleepy'));
    await lab.train('limited', { ...withImage('sleepy'), StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    await until(
      () => lab.region.store('sagemaker').get<{ secondaryStatus: string }>('training-job', 'long'),
      (job) => job?.secondaryStatus === 'Training',
    );
    await lab.client.send(new StopTrainingJobCommand({ TrainingJobName: 'long' }));
    expect(await lab.untilTrained('long')).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
    expect(await lab.untilTrained('limited')).toMatchObject({
      TrainingJobStatus: 'Stopped',
      SecondaryStatus: 'MaxRuntimeExceeded',
    });
    await expect(lab.client.send(new StopTrainingJobCommand({ TrainingJobName: 'long' }))).rejects.toThrow(
      /in status Stopped/,
    );
  });

  it('runs any other image as a command, reads its metrics and fails with its exit code', async () => {
    const MetricDefinitions = [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }];
    await lab.train('custom', {
      AlgorithmSpecification: { TrainingImage: 'stubborn', TrainingInputMode: 'File', MetricDefinitions },
    });
    const job = await lab.untilTrained('custom');
    expect(job['FailureReason']).toMatch(/exit code: 3/);
    expect(job['FinalMetricDataList']).toEqual([expect.objectContaining({ MetricName: 'loss', Value: 0.25 })]);
  });
});

describe('CreateTrainingJob refuses', () => {
  it.each([
    ['a name with an underscore', 'a_b', {}, /TrainingJobName/],
    [
      'a hyperparameter that is not text',
      'n1',
      { HyperParameters: { num_round: 5 as unknown as string } },
      /must be text/,
    ],
    [
      'an image no process plays',
      'n2',
      withImage('tensorflow:1'),
      /no process plays .*known images: .*sagemaker-xgboost.*PATTERN=COMMAND/,
    ],
    [
      'no instance',
      'n3',
      { ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 0, VolumeSizeInGB: 1 } as const },
      /InstanceCount/,
    ],
    ['a role that is none', 'n4', { RoleArn: 'arn:aws:iam::000000000000:user/someone' }, /RoleArn/],
    [
      'a wait limit without spot',
      'n5',
      { StoppingCondition: { MaxRuntimeInSeconds: 5, MaxWaitTimeInSeconds: 9 } },
      /spot/,
    ],
  ])('%s', async (_, name, more, message) => {
    const refusal = await lab.train(name, more).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'ValidationException', message: expect.stringMatching(message) });
  });

  it('a name that is taken', async () => {
    await expect(lab.train('first')).rejects.toMatchObject({ name: 'ResourceInUse' });
  });

  it.each(['sagemaker:CreateTrainingJob', 'iam:PassRole'])('a caller without %s', async (action) => {
    lab.region.denied.add(action);
    await expect(lab.train('denied')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    lab.region.denied.clear();
    await expect(lab.untilTrained('denied')).rejects.toThrow('Requested resource not found.');
  });
});

it('lists jobs by page, newest first, filtered', async () => {
  const page = await lab.client.send(
    new ListTrainingJobsCommand({ MaxResults: 1, StatusEquals: 'Completed', NameContains: 'i' }),
  );
  expect(page.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).toEqual(['manifest']);
  const rest = await lab.client.send(
    new ListTrainingJobsCommand({
      MaxResults: 5,
      StatusEquals: 'Completed',
      NameContains: 'i',
      NextToken: page.NextToken,
    }),
  );
  expect(rest.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).toEqual(['again', 'first']);
});

it('starts unfinished jobs again after a restart', async () => {
  const before = await sageMakerLab({ images: ['slow=sleep 600'] });
  await before.put('data/train/a.csv', AND);
  await before.train('survivor', withImage('slow'));
  await until(
    () => before.region.store('sagemaker').get<{ secondaryStatus: string }>('training-job', 'survivor'),
    (job) => job?.secondaryStatus === 'Training',
  );
  await before.close(true);
  const after = await sageMakerLab({ stateDir: before.region.stateDir, images: ['slow=true'] });
  await after.service.resume?.();
  expect(await after.untilTrained('survivor')).toMatchObject({ TrainingJobStatus: 'Completed' });
  await after.close();
});
