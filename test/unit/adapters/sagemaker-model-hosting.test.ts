import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  CreateEndpointConfigCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointCommand,
  ListEndpointConfigsCommand,
  type SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { sagemakerName } from '../../../core/release/sagemaker-name.ts';
import { sagemakerModelHosting } from '../../../lambdas/adapters/aws/sagemaker-model-hosting.ts';

const DIGITS = '0123456789ab';

/** Configurations that are deleted with an endpoint, out of those there are. */
async function deletedWith(endpointName: string, configs: readonly string[]): Promise<readonly string[]> {
  const deleted: string[] = [];
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof DescribeEndpointCommand) {
      throw Object.assign(new Error('Could not find endpoint'), { name: 'ValidationException' });
    }
    if (command instanceof ListEndpointConfigsCommand) {
      const found = configs.filter((name) => name.includes(command.input.NameContains ?? ''));
      return { EndpointConfigs: found.map((EndpointConfigName) => ({ EndpointConfigName })) };
    }
    if (command instanceof DeleteEndpointConfigCommand) deleted.push(command.input.EndpointConfigName ?? '');
    return {};
  };
  const client = { send } as unknown; // all the adapter uses of a client
  await sagemakerModelHosting(client as SageMakerClient, client as ApplicationAutoScalingClient).remove(endpointName);
  return deleted;
}

it.each([
  ['names that begin alike', 'headgate-dev-churn', 'headgate-dev-churn-us'],
  [
    'long names that differ at their end',
    `headgate-staging-${'a'.repeat(38)}-1`,
    `headgate-staging-${'a'.repeat(38)}-2`,
  ],
])('removes the configurations of one endpoint and leaves those of another, with %s', async (_, mine, other) => {
  const configs = [mine, other].map((endpoint) => sagemakerName(endpoint, DIGITS));
  expect(await deletedWith(mine, configs)).toEqual([configs[0]]);
  expect(await deletedWith(other, configs)).toEqual([configs[1]]);
});

it('finds the configurations of an endpoint whose name would be cut at a hyphen', async () => {
  const endpoint = `headgate-staging-${'a'.repeat(32)}-bbbbbbb`;
  const config = sagemakerName(endpoint, DIGITS);
  expect(await deletedWith(endpoint, [config])).toEqual([config]);
});

const CONTENT = {
  endpointName: 'headgate-dev-churn',
  executionRoleArn: 'arn:aws:iam::000000000000:role/model',
  variants: [
    {
      variant: 'champion' as const,
      releaseId: 'r1',
      artifactUri: 's3://artifacts/model/churn/a/model.tar.gz',
      image: 'image',
      instanceType: 'ml.m5.large',
      instanceCount: 1,
    },
  ],
  dataCapture: null,
  scaling: [],
};

/** An endpoint to be changed by a SageMaker that does not see for some calls of a kind what was made before. */
async function pointed(blind: unknown, calls: number, message: string): Promise<readonly number[]> {
  const pauses: number[] = [];
  let left = calls;
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof DescribeEndpointCommand) {
      return { EndpointStatus: 'InService', EndpointConfigName: 'before', ProductionVariants: [] };
    }
    if ((command as object).constructor === blind && left-- > 0) {
      throw Object.assign(new Error(message), { name: 'ValidationException' });
    }
    return {};
  };
  const client = { send } as unknown; // all the adapter uses of a client
  const pause = async (tries: number) => {
    pauses.push(tries);
  };
  const hosting = sagemakerModelHosting(client as SageMakerClient, client as ApplicationAutoScalingClient, pause);
  await hosting.pointEndpoint(CONTENT);
  return pauses;
}

describe.each([
  ['model', CreateEndpointConfigCommand, 'Could not find model "arn:aws:sagemaker:…".'],
  ['configuration', UpdateEndpointCommand, 'Could not find endpoint configuration "arn:aws:sagemaker:…".'],
])('while SageMaker does not see the %s that was just made', (_, command, message) => {
  it('the call is repeated', async () => {
    expect(await pointed(command, 2, message)).toEqual([1, 2]);
  });

  it('it asks to be called again when that takes long', async () => {
    await expect(pointed(command, Number.POSITIVE_INFINITY, message)).rejects.toMatchObject({
      name: 'EndpointBusyError',
      message: expect.stringContaining('not ready yet'),
    });
  });
});

describe('the images that an endpoint was started from', () => {
  const digest = `sha256:${'d'.repeat(64)}`;
  const imagesOf = async (ProductionVariants: unknown) => {
    const client = { send: async () => ({ EndpointStatus: 'InService', ProductionVariants }) } as unknown; // all that is used
    const hosting = sagemakerModelHosting(client as SageMakerClient, client as ApplicationAutoScalingClient);
    return hosting.runningImages('headgate-dev-churn');
  };

  it('are known by the digests that SageMaker resolved their names to', async () => {
    const DeployedImages = [{ SpecifiedImage: 'registry/xgboost:3.2-0', ResolvedImage: `registry/xgboost@${digest}` }];
    expect(await imagesOf([{ VariantName: 'challenger', DeployedImages }])).toEqual([
      { variant: 'challenger', digest },
    ]);
  });

  it('are not known where SageMaker tells no digest', async () => {
    const DeployedImages = [{ SpecifiedImage: 'registry/xgboost:3.2-0' }];
    expect(await imagesOf([{ VariantName: 'champion', DeployedImages }, { VariantName: 'shadow' }])).toEqual([]);
    expect(await imagesOf(undefined)).toEqual([]);
  });
});
