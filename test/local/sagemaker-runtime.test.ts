import {
  CreateEndpointCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalService } from '../../local/service.ts';
import { ROLE, type SageMakerLab, sageMakerLab, until } from './sagemaker-lab.ts';

const ECHO = new URL('echo-container.ts', import.meta.url).pathname;
let lab: SageMakerLab;
const metrics: {
  Namespace: string;
  MetricData: { MetricName: string; Values: number[]; Counts: number[]; Dimensions: object[] }[];
}[] = [];
const monitoring: LocalService = {
  signingNames: ['monitoring'],
  operations: {
    PutMetricData: async (input) => {
      metrics.push(input as unknown as (typeof metrics)[number]); // what the runtime sends
      return {};
    },
  },
};

beforeAll(async () => {
  lab = await sageMakerLab({ images: [`echo='${process.execPath}' '${ECHO}'`] });
  lab.region.services.push(monitoring);
  for (const colour of ['red', 'blue']) {
    await lab.client.send(
      new CreateModelCommand({
        ModelName: colour,
        ExecutionRoleArn: ROLE,
        PrimaryContainer: { Image: '123.dkr.ecr.us-east-1.amazonaws.com/echo:1', Environment: { COLOUR: colour } },
      }),
    );
    await lab.config(colour, [{ name: 'primary', model: colour }]);
  }
  await lab.client.send(new CreateEndpointCommand({ EndpointName: 'echo', EndpointConfigName: 'red' }));
  await lab.untilEndpoint('echo', 'InService');
});

afterAll(() => lab.close());

async function invoke(body: string, more: object = {}) {
  const answer = await lab.runtime.send(
    new InvokeEndpointCommand({ EndpointName: 'echo', Body: Buffer.from(body), ...more }),
  );
  return { ...answer, seen: JSON.parse(Buffer.from(answer.Body).toString('utf8')) };
}

describe('a container of the user', () => {
  it('gets body, types and custom attributes, acts as the model role, and may answer with attributes of its own', async () => {
    const { seen, CustomAttributes, ContentType } = await invoke('hello', {
      ContentType: 'text/weird',
      Accept: 'application/json',
      CustomAttributes: 'trace=1',
      InferenceId: 'i',
    });
    expect(seen).toMatchObject({
      body: 'hello',
      role: ROLE,
      colour: 'red',
      headers: {
        'content-type': 'text/weird',
        accept: 'application/json',
        'x-amzn-sagemaker-custom-attributes': 'trace=1',
      },
    });
    expect(seen.headers).not.toHaveProperty('authorization');
    expect([CustomAttributes, ContentType]).toEqual(['colour=red', 'application/json']);
  });

  it('makes a ModelError of its 5xx, and of its death, and is started again', async () => {
    await expect(invoke('teapot')).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 503,
      OriginalMessage: 'short and stout',
    });
    await expect(invoke('die')).rejects.toMatchObject({ name: 'ModelError', OriginalStatusCode: 0 });
    await until(
      () =>
        invoke('back').then(
          ({ seen }) => seen.body,
          () => undefined,
        ),
      (body) => body === 'back',
    );
  });

  it('answers what is under way before an update takes it away, and its process ends', async () => {
    const { seen } = await invoke('who');
    await lab.client.send(new UpdateEndpointCommand({ EndpointName: 'echo', EndpointConfigName: 'blue' }));
    const answers: string[] = [];
    await until(
      async () => {
        answers.push((await invoke('slow')).seen.colour);
        return answers.at(-1);
      },
      (colour) => colour === 'blue',
    );
    await until(
      () => isAlive(seen.pid),
      (alive) => !alive,
    );
    expect(new Set(answers)).toEqual(new Set(answers.length > 1 ? ['red', 'blue'] : ['blue']));
  });

  it('is gone with its endpoint', async () => {
    const { seen } = await invoke('who');
    await lab.client.send(new DeleteEndpointCommand({ EndpointName: 'echo' }));
    await until(
      () => isAlive(seen.pid),
      (alive) => !alive,
    );
  });
});

it('reports to CloudWatch what became of invocations, when the region stops at the latest', async () => {
  await lab.service.stop?.();
  const data = metrics.flatMap(({ Namespace, MetricData }) => (Namespace === 'AWS/SageMaker' ? MetricData : []));
  const total = (name: string) =>
    data
      .filter(({ MetricName }) => MetricName === name)
      .reduce((sum, { Values, Counts }) => sum + Values.reduce((part, value, i) => part + value * Counts[i]!, 0), 0);
  expect(total('Invocations')).toBeGreaterThanOrEqual(6);
  expect(total('Invocation5XXErrors')).toBeGreaterThanOrEqual(2);
  expect(total('Invocation4XXErrors')).toBe(0);
  expect(total('ModelLatency')).toBeGreaterThan(300_000);
  expect(data[0]?.Dimensions).toEqual([
    { Name: 'EndpointName', Value: 'echo' },
    { Name: 'VariantName', Value: 'primary' },
  ]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
