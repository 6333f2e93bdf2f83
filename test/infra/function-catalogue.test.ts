import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { API_ROUTES } from '../../contracts/api/routes.ts';
import { ENV_NAMES } from '../../contracts/environment.ts';
import { SIGNING_ENV } from '../../lambdas/adapters/aws/audit-adapters.ts';
import { MODEL_ENV } from '../../lambdas/adapters/aws/model-adapters.ts';
import { OFFLINE_ENV } from '../../lambdas/adapters/aws/offline-adapters.ts';
import { RETRAINING_ENV } from '../../lambdas/adapters/aws/retraining-adapters.ts';
import { ROW_ENV } from '../../lambdas/adapters/aws/row-adapters.ts';
import { FLOW_FUNCTIONS } from '../../lib/flows.ts';
import { FUNCTION_NAMES, FUNCTIONS } from '../../lib/functions.ts';
import { filesBelow } from '../arch/source-files.ts';

const GIVEN_TO_ALL: readonly string[] = ['HEADGATE_STAGE', 'HEADGATE_VERSION'];
const wiring = (name: string) => readFileSync(`lambdas/handlers/${name}.lambda.ts`, 'utf8');

it('lists every wiring file, and no function without one', () => {
  const files = filesBelow(['lambdas/handlers'], '.lambda.ts');
  const names = files.map((file) => file.replace(/^.*lambdas\/handlers\/(.+)\.lambda\.ts$/, '$1'));
  expect(names.sort()).toEqual([...FUNCTION_NAMES].sort());
});

it.each(FUNCTION_NAMES)('gives %s the variables that its wiring reads', (name) => {
  const text = wiring(name);
  const read = [
    ...ENV_NAMES.filter((variable) => text.includes(`'${variable}'`)),
    ...(text.includes('MODEL_ENV') ? MODEL_ENV : []),
    ...(text.includes('OFFLINE_ENV') ? OFFLINE_ENV : []),
    ...(text.includes('RETRAINING_ENV') ? RETRAINING_ENV : []),
    ...(text.includes('ROW_ENV') ? ROW_ENV : []),
    ...(text.includes('SIGNING_ENV') ? SIGNING_ENV : []),
  ].filter((variable) => !GIVEN_TO_ALL.includes(variable));
  expect([...FUNCTIONS[name].env].sort()).toEqual([...new Set(read)].sort());
});

it.each(FUNCTION_NAMES)('lays definitions beside %s exactly when it reads them', (name) => {
  expect(FUNCTIONS[name].hasDefinitions).toBe(wiring(name).includes('bundledDefinitions('));
});

it('has a caller for every function: a route, a flow, the stream, a schedule, or CloudFormation', () => {
  const called = [
    ...API_ROUTES.map((route) => route.functionName),
    ...Object.values(FLOW_FUNCTIONS).flatMap((functions) => Object.values(functions)),
    'audit/checkpoint',
    'endpoint/own-endpoint',
    'ingestion/consume-stream',
    'catalog/measure-freshness',
    'retraining/reconcile',
    'versions/start-due',
  ];
  expect([...new Set<string>(called)].sort()).toEqual([...FUNCTION_NAMES].sort());
});
