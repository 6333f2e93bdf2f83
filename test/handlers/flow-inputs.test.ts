import type { Context } from 'aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { makePlanBatch } from '../../lambdas/handlers/batch/plan.ts';
import { makePlanScan } from '../../lambdas/handlers/drift/plan.ts';
import { makeAdvanceRetraining } from '../../lambdas/handlers/retraining/advance.ts';
import { makeReconcileRetrainings } from '../../lambdas/handlers/retraining/reconcile.ts';
import { makePlanTraining } from '../../lambdas/handlers/training/plan.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;

let platform: PlatformInMemory;
let handlers: Record<string, Handler>;

beforeAll(async () => {
  platform = platformInMemory();
  await registerChurn(platform);
  await promote(platform);
  const deps = { ...platform, database: 'd', workgroup: 'w', stateReader: platform.workflow };
  handlers = {
    'drift-scan': makePlanScan(deps) as Handler, // middy's context is not looked at
    'batch-predict': makePlanBatch(deps) as Handler,
    train: makePlanTraining(deps as unknown as Parameters<typeof makePlanTraining>[0]) as Handler, // refused before it reads
    'retraining/advance': makeAdvanceRetraining(deps) as Handler,
    'retraining/reconcile': makeReconcileRetrainings(deps) as Handler,
  };
});

const task = { model: 'churn', cause: 'by hand', actor: 'somebody', executionName: 'e1' };
const instants: readonly (readonly [flow: string, field: string])[] = [
  ['drift-scan', 'toMs'],
  ['batch-predict', 'asOfMs'],
  ['train', 'asOfMs'],
];

type Case = readonly [flow: string, why: string, input: unknown, says: string];

const cases: readonly Case[] = [
  ...['drift-scan', 'batch-predict', 'train', 'retraining/advance'].flatMap((flow): Case[] => [
    [flow, 'null', null, 'task: must be an object'],
    [flow, 'a text', 'churn', 'task: must be an object'],
    [flow, 'a list', [task], 'task: must be an object'],
    [flow, 'nothing', {}, 'model: is missing; give a string'],
    [flow, 'a model by number', { ...task, model: 7 }, 'model: must be a string, given 7'],
    [flow, 'a model without a name', { ...task, model: '' }, 'model: must have at least 1 character, given ""'],
    [flow, 'nobody who asks', { ...task, actor: 5 }, 'actor: must be a string, given 5'],
  ]),
  ...instants.flatMap(([flow, field]): Case[] => [
    [flow, 'an instant in words', { ...task, [field]: 'noon' }, `${field}: must be a number, given "noon"`],
    [flow, 'half a millisecond', { ...task, [field]: 0.5 }, `${field}: must be a whole number, given 0.5`],
    [flow, 'an instant that is null', { ...task, [field]: null }, `${field}: must be a number, given null`],
    [flow, 'an instant after all time', { ...task, [field]: 9e15 }, `${field}: must be at most 8640000000000000`],
    [flow, 'an instant before all time', { ...task, [field]: -9e15 }, `${field}: must be at least -8640000000000000`],
  ]),
  ['drift-scan', 'an unknown model', { ...task, model: 'nobody' }, 'no model named "nobody"; known: churn'],
  ['batch-predict', 'an unknown model', { ...task, model: 'nobody' }, 'no model named "nobody"; known: churn'],
  [
    'batch-predict',
    'an instant to come',
    { ...task, asOfMs: Date.parse('2036-01-01') },
    'asOf lies in the future: 2036-01-01',
  ],
  [
    'batch-predict',
    'a file by its name',
    { ...task, entities: 'vips.csv' },
    'entities: must be an object, given "vips.csv"',
  ],
  [
    'batch-predict',
    'a digest that is none',
    { ...task, entities: { sha256: 'x', format: 'csv' } },
    'entities.sha256: must be a SHA-256',
  ],
  ['retraining/advance', 'a scan by number', { ...task, scanId: 7 }, 'scanId: must be a string, given 7'],
  ['retraining/reconcile', 'a text', 'churn', 'event: must be an object'],
  ['retraining/reconcile', 'an input that is no text', { input: { model: 'churn' } }, 'input: must be a string'],
];

describe('a flow that somebody starts by hand', () => {
  it.each(cases)('%s says what is wrong with %s', async (flow, _why, input, says) => {
    await expect(handlers[flow]!(input, {} as Context)).rejects.toMatchObject({
      kind: expect.stringMatching(/^(invalid-input|not-found)$/),
      message: expect.stringContaining(says),
    });
  });

  it('has started and written nothing by then', async () => {
    expect(platform.workflow.started).toEqual([]);
    expect(platform.objects.keys('artifact').filter((key) => !key.startsWith('release/'))).toEqual([]);
    expect((await platform.log.state('churn')).version).toBe(0);
  });
});
