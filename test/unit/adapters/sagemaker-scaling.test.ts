import {
  type ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type ProductionVariant,
  type SageMakerClient,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { sagemakerModelHosting } from '../../../lambdas/adapters/aws/sagemaker-model-hosting.ts';
import type { EndpointContent } from '../../../lambdas/ports/model-hosting.ts';

const variant = (name: 'champion' | 'challenger', releaseId: string) => ({
  variant: name,
  releaseId,
  image: 'image',
  artifactUri: `s3://artifacts/${releaseId}.tar.gz`,
  instanceType: 'ml.m5.large',
  instanceCount: 1,
});
const bounds = { minInstances: 1, maxInstances: 4, targetInvocationsPerInstance: 1000 };
const wanted: EndpointContent = {
  endpointName: 'headgate-dev-churn',
  executionRoleArn: 'arn:aws:iam::000000000000:role/churn',
  variants: [variant('champion', 'one'), variant('challenger', 'two')],
  dataCapture: null,
  scaling: [
    { variant: 'champion', ...bounds, atLeastAs: null },
    { variant: 'challenger', ...bounds, atLeastAs: 'champion' },
  ],
};

/** An endpoint whose changes are over at once. */
function hosting() {
  const counts = new Map<string | undefined, number>();
  const configs = new Map<string | undefined, readonly ProductionVariant[]>();
  const targets = new Map<string | undefined, ScalableTarget>();
  let config: string | undefined = 'another';
  let isBusy = false;
  const send = async (command: unknown): Promise<object> => {
    if (command instanceof DescribeEndpointCommand) {
      const runs = [...counts].map(([VariantName, DesiredInstanceCount]) => ({ VariantName, DesiredInstanceCount }));
      return { EndpointStatus: 'InService', EndpointConfigName: config, ProductionVariants: runs };
    }
    if (command instanceof CreateModelCommand) return {};
    if (command instanceof CreateEndpointConfigCommand) {
      configs.set(command.input.EndpointConfigName, command.input.ProductionVariants ?? []);
    }
    if (command instanceof DescribeEndpointConfigCommand) {
      return { ProductionVariants: configs.get(command.input.EndpointConfigName) ?? [] };
    }
    if (command instanceof UpdateEndpointCommand) {
      config = command.input.EndpointConfigName;
      for (const { VariantName } of configs.get(config) ?? []) counts.set(VariantName, counts.get(VariantName) ?? 1);
    }
    if (command instanceof UpdateEndpointWeightsAndCapacitiesCommand) {
      if (isBusy) {
        throw Object.assign(new Error('Cannot update in-progress endpoint'), { name: 'ValidationException' });
      }
      const [change, ...more] = command.input.DesiredWeightsAndCapacities ?? [];
      expect(more).toEqual([]); // SageMaker takes one capacity a call
      counts.set(change?.VariantName, change?.DesiredInstanceCount ?? 0);
    }
    if (command instanceof DescribeScalableTargetsCommand) return { ScalableTargets: [...targets.values()] };
    if (command instanceof RegisterScalableTargetCommand) {
      const { ResourceId, MinCapacity, MaxCapacity } = command.input;
      targets.set(ResourceId, { ResourceId, MinCapacity, MaxCapacity } as ScalableTarget); // all that is read of it
    }
    return {};
  };
  const client = { send } as unknown; // all the adapter uses of a client
  const port = sagemakerModelHosting(client as SageMakerClient, client as ApplicationAutoScalingClient);
  return {
    port,
    counts,
    targets,
    configs,
    edit: (name: string) => {
      config = name;
    },
    busy: () => {
      isBusy = true;
    },
  };
}

async function scaledHosting() {
  const found = hosting();
  await found.port.pointEndpoint(wanted);
  expect(await found.port.status(wanted)).toEqual({ state: 'unscaled' });
  await found.port.pointEndpoint(wanted);
  expect(await found.port.status(wanted)).toEqual({ state: 'in-service' });
  return found;
}

describe('scaling of what stands beside the champion', () => {
  it('follows the champion up before it counts as in service again, and not down', async () => {
    const { port, counts, targets } = await scaledHosting();
    counts.set('champion', 3);
    expect(await port.status(wanted)).toEqual({ state: 'unscaled' });
    await port.pointEndpoint(wanted);
    expect(counts.get('challenger')).toBe(3);
    expect(targets.get('endpoint/headgate-dev-churn/variant/challenger')).toMatchObject({ MinCapacity: 3 });
    expect(await port.status(wanted)).toEqual({ state: 'in-service' });
    counts.set('champion', 1);
    expect(await port.status(wanted)).toEqual({ state: 'in-service' });
  });

  it('goes no further than its own maximum', async () => {
    const { port, counts } = await scaledHosting();
    counts.set('champion', 9);
    const grown = { ...wanted, scaling: [{ ...wanted.scaling[0]!, maxInstances: 9 }, wanted.scaling[1]!] };
    await port.pointEndpoint(grown);
    expect(counts.get('challenger')).toBe(4);
    expect(await port.status(grown)).toEqual({ state: 'in-service' });
  });

  it('waits while somebody else changes the endpoint', async () => {
    const { port, counts, busy } = await scaledHosting();
    counts.set('champion', 2);
    busy();
    await expect(port.pointEndpoint(wanted)).rejects.toMatchObject({ name: 'EndpointBusyError', kind: 'unavailable' });
  });
});

describe('an endpoint that somebody edited', () => {
  it('tells which variants no longer run what they should', async () => {
    const { port, configs, edit } = await scaledHosting();
    const [champion, challenger] = [...configs.values()][0]!;
    configs.set('kept', [champion!, { ...challenger!, InitialInstanceCount: 2 }]);
    edit('kept');
    expect(await port.status(wanted)).toEqual({ state: 'other-content', missing: [] });
    configs.set('lost', [champion!]);
    edit('lost');
    expect(await port.status(wanted)).toEqual({ state: 'other-content', missing: ['challenger'] });
    edit('deleted');
    expect(await port.status(wanted)).toEqual({ state: 'other-content', missing: ['champion', 'challenger'] });
  });
});

it('lets go of a variant that somebody else has let go of meanwhile', async () => {
  let deregistered = 0;
  const named = (name: string) => Object.assign(new Error('Could not find it'), { name });
  const send = async (command: unknown): Promise<object> => {
    if (command instanceof DescribeScalableTargetsCommand) {
      return { ScalableTargets: [{ ResourceId: 'endpoint/headgate-dev-churn/variant/champion' }] };
    }
    if (command instanceof DeregisterScalableTargetCommand) {
      deregistered++;
      throw named('ObjectNotFoundException');
    }
    if (command instanceof DescribeEndpointCommand) throw named('ValidationException');
    return {};
  };
  const client = { send } as unknown; // all the adapter uses of a client
  await sagemakerModelHosting(client as SageMakerClient, client as ApplicationAutoScalingClient).remove(
    'headgate-dev-churn',
  );
  expect(deregistered).toBe(1);
});
