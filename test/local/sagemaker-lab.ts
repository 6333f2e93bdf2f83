/** A region with S3 and SageMaker, a bucket with data, and a small model trained once per lab. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  type ProductionVariant,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { constantModel } from '../../core/trees/constant-model.ts';
import { writeXgboostModel } from '../../core/trees/write-xgboost-model.ts';
import { makeContainerImages } from '../../local/containers/images.ts';
import type { LocalService } from '../../local/service.ts';
import { createBucket } from '../../local/services/s3/bucket.ts';
import { putObject } from '../../local/services/s3/object-files.ts';
import { packFolder } from '../../local/services/sagemaker/model-archive.ts';
import { makeSageMakerService } from '../../local/services/sagemaker/sagemaker-service.ts';
import { type FakeEndpoint, fakeEndpoint } from './fake-endpoint.ts';
import { type FakeRegion, fakeRegion } from './fake-region.ts';

export const BUCKET = 'lab-bucket';
export const ROLE = 'arn:aws:iam::000000000000:role/execution';
export const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0';

export interface SageMakerLab {
  readonly region: FakeRegion;
  readonly service: LocalService;
  readonly client: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  put(key: string, body: string | Uint8Array): Promise<unknown>;
  /** Puts a model archive whose model always answers `probability`, and creates a model of that name. */
  constantModel(name: string, probability: number, columns?: number): Promise<void>;
  config(name: string, variants: readonly Variant[], more?: object): Promise<void>;
  untilEndpoint(name: string, status: string): Promise<Record<string, unknown>>;
  score(endpoint: string, more?: object): Promise<{ readonly score: number; readonly variant: string | undefined }>;
  train(name: string, more?: Partial<CreateTrainingJobCommandInput>): Promise<unknown>;
  untilTrained(name: string): Promise<Record<string, unknown>>;
  /** Ends the service and everything with it; `keep` leaves the state for another lab. */
  close(keep?: boolean): Promise<void>;
}

export interface Variant {
  readonly name: string;
  readonly model: string;
  readonly weight?: number;
  readonly type?: 'ml.m5.large' | 'ml.g5.xlarge';
}

export async function sageMakerLab(
  options: { readonly stateDir?: string; readonly images?: readonly string[]; readonly random?: () => number } = {},
): Promise<SageMakerLab> {
  const region = fakeRegion(options.stateDir === undefined ? {} : { stateDir: options.stateDir });
  const service = makeSageMakerService(region, {
    images: makeContainerImages(options.images ?? []),
    ...(options.random === undefined ? {} : { random: options.random }),
  });
  region.services.push(service);
  createBucket(region, BUCKET, { hasEventBridge: false, encryptionHeaders: {} });
  const endpoint: FakeEndpoint = await fakeEndpoint(region);
  const settings = {
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  };
  const client = new SageMakerClient(settings);
  const runtime = new SageMakerRuntimeClient(settings);
  await service.start?.();
  const put = (key: string, body: string | Uint8Array) => putObject(region, BUCKET, key, body);
  return {
    region,
    service,
    client,
    runtime,
    put,
    constantModel: async (name, probability, columns = 2) => {
      const archive = await archiveOf({ 'xgboost-model': writeXgboostModel(constantModel(probability, columns)) });
      await put(`models/${name}/model.tar.gz`, archive);
      await client.send(
        new CreateModelCommand({
          ModelName: name,
          ExecutionRoleArn: ROLE,
          PrimaryContainer: { Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/models/${name}/model.tar.gz` },
        }),
      );
    },
    config: async (name, variants, more = {}) => {
      const ProductionVariants = variants.map(productionVariant);
      await client.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants, ...more }));
    },
    untilEndpoint: (name, status) =>
      until(
        async () => ({ ...(await client.send(new DescribeEndpointCommand({ EndpointName: name }))) }),
        (endpoint) => endpoint['EndpointStatus'] === status,
      ),
    score: async (EndpointName, more = {}) => {
      const answer = await runtime.send(
        new InvokeEndpointCommand({ EndpointName, ContentType: 'text/csv', Body: Buffer.from('1,2\n'), ...more }),
      );
      return { score: Number(Buffer.from(answer.Body).toString('utf8')), variant: answer.InvokedProductionVariant };
    },
    train: (TrainingJobName, more = {}) =>
      client.send(
        new CreateTrainingJobCommand({
          TrainingJobName,
          RoleArn: ROLE,
          AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
          HyperParameters: { num_round: '5', objective: 'binary:logistic', max_depth: '2', min_child_weight: '0' },
          InputDataConfig: [
            {
              ChannelName: 'train',
              ContentType: 'text/csv',
              DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/data/train/` } },
            },
          ],
          OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out` },
          ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 10 },
          StoppingCondition: { MaxRuntimeInSeconds: 60 },
          ...more,
        }),
      ),
    untilTrained: (name) =>
      until(
        async () => ({ ...(await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }))) }),
        (job) => ['Completed', 'Failed', 'Stopped'].includes(String(job['TrainingJobStatus'])),
      ),
    close: async (keep = false) => {
      await service.stop?.();
      client.destroy();
      runtime.destroy();
      await endpoint.close();
      if (keep) region.close();
      else region.remove();
    },
  };
}

export function productionVariant({ name, model, weight = 1, type = 'ml.m5.large' }: Variant): ProductionVariant {
  return {
    VariantName: name,
    ModelName: model,
    InitialInstanceCount: 1,
    InstanceType: type,
    InitialVariantWeight: weight,
  };
}

/** A `.tar.gz` of the given files. */
export async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-archive-'));
  try {
    mkdirSync(join(folder, 'content'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'content', name), content);
    await packFolder(join(folder, 'content'), join(folder, 'archive.tar.gz'));
    return readFileSync(join(folder, 'archive.tar.gz'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Asks until the answer satisfies; the test's own time limit ends a wait that never does. */
export async function until<T>(ask: () => T | Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
