import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEndpointCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../../local/containers/xgboost/boosting/random.ts';
import { EndpointFleet } from '../../local/services/sagemaker/endpoint-fleet.ts';
import {
  archiveOf,
  BUCKET,
  IMAGE,
  productionVariant,
  ROLE,
  type SageMakerLab,
  sageMakerLab,
  until,
} from './sagemaker-lab.ts';

let lab: SageMakerLab;

beforeAll(async () => {
  lab = await sageMakerLab({ random: seededRandom(7), images: ['dead=sh -c "exit 9"'] });
  await lab.constantModel('low', 0.25);
  await lab.constantModel('high', 0.75);
  await lab.config('low-1', [{ name: 'primary', model: 'low' }]);
  await lab.config('high-1', [{ name: 'primary', model: 'high' }]);
});

afterAll(() => lab.close());

const create = (EndpointName: string, EndpointConfigName: string) =>
  lab.client.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName }));
const update = (EndpointName: string, EndpointConfigName: string, more: object = {}) =>
  lab.client.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName, ...more }));

describe('an endpoint', () => {
  it('is created, answers once in service, and says which variant did', async () => {
    await create('shop', 'low-1');
    await expect(create('SHOP', 'low-1')).rejects.toThrow(/Cannot create already existing endpoint/);
    await expect(lab.score('shop')).rejects.toMatchObject({ name: 'ValidationError' });
    const endpoint = await lab.untilEndpoint('shop', 'InService');
    expect(endpoint['ProductionVariants']).toEqual([
      expect.objectContaining({ VariantName: 'primary', CurrentWeight: 1, CurrentInstanceCount: 1 }),
    ]);
    expect(await lab.score('shop')).toEqual({ score: 0.25, variant: 'primary' });
  });

  it('is brought up once when the region resumes while it is being created', async () => {
    const launches = vi.spyOn(EndpointFleet, 'launch');
    await create('early', 'low-1');
    await lab.service.resume?.();
    await lab.untilEndpoint('early', 'InService');
    expect(launches.mock.calls.filter(([, name]) => name === 'early')).toHaveLength(1);
    launches.mockRestore();
    expect(await lab.score('early')).toEqual({ score: 0.25, variant: 'primary' });
  });

  it('is updated without losing a request, and refuses a second update meanwhile', async () => {
    await update('shop', 'high-1');
    await expect(update('shop', 'low-1')).rejects.toThrow(/Cannot update in-progress endpoint/);
    const scores: number[] = [];
    await until(
      async () => {
        scores.push((await lab.score('shop')).score);
        return (await lab.client.send(new DescribeEndpointCommand({ EndpointName: 'shop' }))).EndpointStatus;
      },
      (status) => status === 'InService',
    );
    expect((await lab.score('shop')).score).toBe(0.75);
    expect(scores.every((score) => score === 0.25 || score === 0.75)).toBe(true);
    await expect(update('shop', 'high-1')).rejects.toThrow(/already has/);
  });

  it('goes on with its old configuration when the new one does not come up', async () => {
    await lab.client.send(
      new CreateModelCommand({
        ModelName: 'dead',
        ExecutionRoleArn: ROLE,
        PrimaryContainer: { Image: 'dead' },
      }),
    );
    await lab.config('dead-1', [{ name: 'primary', model: 'dead' }]);
    await update('shop', 'dead-1');
    const endpoint = await lab.untilEndpoint('shop', 'InService');
    expect(endpoint).toMatchObject({
      EndpointConfigName: 'high-1',
      FailureReason: expect.stringMatching(/exit code 9/),
    });
    expect((await lab.score('shop')).score).toBe(0.75);
    const statuses = lab.region.events
      .filter(({ detail }) => detail['EndpointName'] === 'shop')
      .map(({ detail }) => detail['EndpointStatus']);
    expect(statuses).toEqual([
      'CREATING',
      'IN_SERVICE',
      'UPDATING',
      'IN_SERVICE',
      'UPDATING',
      'ROLLING_BACK',
      'IN_SERVICE',
    ]);
  });

  it('is Failed, with the reason, when its first containers do not come up', async () => {
    await create('stillborn', 'dead-1');
    const endpoint = await lab.untilEndpoint('stillborn', 'Failed');
    expect(endpoint['FailureReason']).toMatch(/exit code 9 before it answered a ping/);
    await expect(lab.score('stillborn')).rejects.toThrow(/status Failed/);
    await expect(update('stillborn', 'low-1')).rejects.toThrow(/in status Failed/);
  });

  it('is Failed when its model archive is cut short', async () => {
    const archive = await archiveOf({ 'xgboost-model': '{}' });
    await lab.put('models/bad/model.tar.gz', archive.subarray(0, 40));
    await lab.client.send(
      new CreateModelCommand({
        ModelName: 'cut',
        ExecutionRoleArn: ROLE,
        PrimaryContainer: { Image: IMAGE, ModelDataUrl: `s3://${BUCKET}/models/bad/model.tar.gz` },
      }),
    );
    await lab.config('cut-1', [{ name: 'primary', model: 'cut' }]);
    await create('cut', 'cut-1');
    expect((await lab.untilEndpoint('cut', 'Failed'))['FailureReason']).toMatch(/not a whole \.tar\.gz/);
  });

  it('is gone after its deletion', async () => {
    await lab.client.send(new DeleteEndpointCommand({ EndpointName: 'stillborn' }));
    await until(
      () =>
        lab.client
          .send(new DescribeEndpointCommand({ EndpointName: 'stillborn' }))
          .catch((error: Error) => error.message),
      (answer) => typeof answer === 'string' && /Could not find endpoint/.test(answer),
    );
    await expect(lab.score('stillborn')).rejects.toThrow(/not found/);
  });
});

describe('traffic', () => {
  beforeAll(async () => {
    await lab.config('canary', [
      { name: 'champion', model: 'low', weight: 3 },
      { name: 'challenger', model: 'high', weight: 1 },
    ]);
    await create('split', 'canary');
    await lab.untilEndpoint('split', 'InService');
  });

  const shareOfHigh = async (count: number) => {
    const scores = await Promise.all(Array.from({ length: count }, () => lab.score('split')));
    return scores.filter(({ score }) => score === 0.75).length / count;
  };

  it('is split by weight', async () => {
    expect(await shareOfHigh(200)).toBeCloseTo(0.25, 1);
  });

  it('goes to the variant the caller names, and to no other name', async () => {
    expect(await lab.score('split', { TargetVariant: 'challenger' })).toEqual({ score: 0.75, variant: 'challenger' });
    await expect(lab.score('split', { TargetVariant: 'nobody' })).rejects.toThrow(/Variant nobody not found/);
  });

  it('follows new weights, and weight 0 gets none', async () => {
    const DesiredWeightsAndCapacities = [
      { VariantName: 'champion', DesiredWeight: 0 },
      { VariantName: 'challenger', DesiredInstanceCount: 2 },
    ];
    await lab.client.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: 'split', DesiredWeightsAndCapacities }),
    );
    const endpoint = await lab.untilEndpoint('split', 'InService');
    expect(endpoint['ProductionVariants']).toEqual([
      expect.objectContaining({ VariantName: 'champion', CurrentWeight: 0 }),
      expect.objectContaining({ VariantName: 'challenger', CurrentWeight: 1, CurrentInstanceCount: 2 }),
    ]);
    expect(await shareOfHigh(20)).toBe(1);
  });

  it('keeps weights and counts over an update that retains them', async () => {
    await lab.config('canary-2', [
      { name: 'champion', model: 'high', weight: 3 },
      { name: 'challenger', model: 'low', weight: 1 },
    ]);
    await update('split', 'canary-2', {
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredInstanceCount' }],
    });
    const endpoint = await lab.untilEndpoint('split', 'InService');
    expect(endpoint['ProductionVariants']).toEqual([
      expect.objectContaining({ VariantName: 'champion', CurrentWeight: 0, CurrentInstanceCount: 1 }),
      expect.objectContaining({ VariantName: 'challenger', CurrentWeight: 1, CurrentInstanceCount: 1 }),
    ]);
    expect((await lab.score('split')).score).toBe(0.25);
  });
});

describe('a shadow', () => {
  it('gets a copy, is captured under its own name, and never answers', async () => {
    const DataCaptureConfig = {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: `s3://${BUCKET}/captured`,
      CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
    };
    await lab.config('shadowed', [{ name: 'primary', model: 'low' }], {
      ShadowProductionVariants: [productionVariant({ name: 'shadow', model: 'high' })],
      DataCaptureConfig,
    });
    await create('watched', 'shadowed');
    await lab.untilEndpoint('watched', 'InService');
    for (let i = 0; i < 5; i++)
      expect(await lab.score('watched', { InferenceId: `request-${i}` })).toEqual({ score: 0.25, variant: 'primary' });
    await expect(lab.score('watched', { TargetVariant: 'shadow' })).rejects.toThrow(/not found/);
    await lab.client.send(new DeleteEndpointCommand({ EndpointName: 'watched' }));
    await until(
      () => captured('shadow'),
      (records) => records.length === 5,
    );
    await until(
      () => captured('primary'),
      (records) => records.length === 5,
    );
    expect(captured('primary')[0]).toMatchObject({
      captureData: {
        endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '1,2\n', encoding: 'CSV' },
        endpointOutput: { mode: 'OUTPUT', data: '0.25\n', encoding: 'CSV' },
      },
      eventMetadata: { inferenceId: 'request-0', eventId: expect.any(String) },
      eventVersion: '0',
    });
    expect(captured('shadow').map((record) => record.captureData.endpointOutput.data)).toEqual(Array(5).fill('0.75\n'));
  });

  function captured(variant: string): { captureData: { endpointOutput: { data: string } } }[] {
    const folder = join(lab.region.stateDir, 's3', BUCKET, 'captured/watched', variant);
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').trim().split('\n'))
        .map((line) => JSON.parse(line));
    } catch {
      return [];
    }
  }

  it('is refused beside two production variants, and never more than one', async () => {
    const shadow = productionVariant({ name: 'shadow', model: 'high' });
    const two = [
      { name: 'a', model: 'low' },
      { name: 'b', model: 'high' },
    ];
    await expect(lab.config('three', two, { ShadowProductionVariants: [shadow] })).rejects.toThrow(
      /exactly one production variant/,
    );
    const shadows = [shadow, { ...shadow, VariantName: 'other' }];
    await expect(lab.config('three', two.slice(1), { ShadowProductionVariants: shadows })).rejects.toThrow(
      /exactly one production variant/,
    );
  });
});

describe('a refusal of the container', () => {
  it('is a ModelError with what it said', async () => {
    const refusal = await lab.score('shop', { Body: Buffer.from('1,2,3\n') }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 400,
      OriginalMessage: 'Unable to evaluate payload provided: row 1 has 3 columns, but the model was trained with 2',
      $metadata: { httpStatusCode: 424 },
    });
    await expect(lab.score('shop', { ContentType: 'application/json' })).rejects.toMatchObject({
      OriginalStatusCode: 415,
    });
    await expect(lab.score('shop', { Accept: 'image/png' })).rejects.toMatchObject({ OriginalStatusCode: 406 });
  });

  it('is not asked for a body over 6 MB', async () => {
    await expect(lab.score('shop', { Body: Buffer.alloc(6_291_457, '1') })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});

describe('invoking', () => {
  it('needs the permission', async () => {
    lab.region.denied.add('sagemaker:InvokeEndpoint');
    await expect(lab.score('shop')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    lab.region.denied.clear();
  });
});

describe('a crash', () => {
  it('fails its requests, then the container starts again', async () => {
    const [pid] = containersOf(join(lab.region.stateDir, 'sagemaker/endpoints/shop'));
    process.kill(pid!, 'SIGKILL');
    const first = await until(
      () =>
        lab.score('shop').then(
          () => 'answered',
          (error: Error) => error.name,
        ),
      (answer) => answer !== 'answered',
    );
    expect(first).toBe('ModelError');
    await until(
      () =>
        lab.score('shop').then(
          () => true,
          () => false,
        ),
      (answered) => answered,
    );
    expect(lab.region.logs.join('\n')).toMatch(/endpoint shop variant primary: the model container ended with SIGKILL/);
  });

  it('of the region takes the containers with it, and they come back with the region', async () => {
    const script = new URL('sagemaker-region-process.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const { stateDir } = await until(
      () => output.trim(),
      (text) => text.endsWith('}'),
    ).then((text): { stateDir: string } => JSON.parse(text));
    const pids = containersOf(stateDir);
    expect(pids).toHaveLength(2);
    child.kill('SIGKILL');
    await until(
      () => containersOf(stateDir),
      (left) => left.length === 0,
    );

    const echo = new URL('echo-container.ts', import.meta.url).pathname;
    const again = await sageMakerLab({ stateDir, images: [`echo='${process.execPath}' '${echo}'`] });
    await again.service.resume?.();
    await until(
      () =>
        again.score('durable').then(
          ({ score }) => score,
          () => undefined,
        ),
      (score) => score === 0.25,
    );
    await again.close();
    expect(containersOf(stateDir)).toEqual([]);
  });
});

it('does not find configurations that were deleted, and keeps endpoints that use them', async () => {
  await lab.client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'high-1' }));
  await expect(create('other', 'high-1')).rejects.toThrow(/Could not find endpoint configuration/);
  expect((await lab.score('shop')).score).toBe(0.75);
});

/** Processes that serve a model below the state folder. */
function containersOf(stateDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`SAGEMAKER_BASE_DIR=${stateDir}/`) &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(process.execPath)
        );
      } catch {
        return false; // it ended meanwhile, or is somebody else's
      }
    })
    .map(Number);
}
