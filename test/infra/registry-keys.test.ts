import { describe, expect, it } from 'vitest';
import { FUNCTION_NAMES, type FunctionName, functionId } from '../../lib/functions.ts';
import { evaluate } from '../../local/iam/evaluate.ts';
import { parsePolicyDocument } from '../../local/iam/policy-document.ts';
import { resourcesIn, rolePolicies } from './policies.ts';
import { synthesize } from './synth.ts';

const policies = rolePolicies(synthesize().platform);

/** Actions on items of the registry with this partition key that the role's policy allows, as the laptop decides it. */
function actionsOn(name: FunctionName, partitionKey: string): readonly string[] {
  const statements = (policies.get(`Functions${functionId(name)}`) ?? [])
    .filter((statement) => resourcesIn(statement).some((resource) => resource.includes('RegistryTable')))
    .map((statement) => ({ ...statement, Resource: 'registry' }));
  const parsed = parsePolicyDocument({ Statement: statements }, name);
  const actions = statements.flatMap(({ Action }) => [Action].flat());
  const context = { 'dynamodb:LeadingKeys': [partitionKey] };
  return [...new Set(actions)].filter((action) => evaluate(parsed, action, 'registry', context) === 'allowed').sort();
}

const withAccessTo = (partitionKey: string, actions: RegExp) =>
  FUNCTION_NAMES.filter((name) => actionsOn(name, partitionKey).some((action) => actions.test(action)));
const WRITE = /Put|Update|Delete|Write/;

describe('a function cannot touch registry items of another', () => {
  it.each(['RELEASE#1', 'ROLLOUT#1', 'MODELS'])('%s: only those that change models write it', (key) => {
    expect(withAccessTo(key, WRITE)).toEqual([
      'operations/roll-back',
      'operations/hold-model',
      'operations/decide-approval',
      'training/register-release',
      'rollout/begin',
      'rollout/advance',
      'rollout/point-endpoint',
      'rollout/ask-approval',
      'endpoint/own-endpoint',
    ]);
  });

  it('MODEL#churn: beside them those that keep what is known of its retraining, with its audit records', () => {
    const others = withAccessTo('MODEL#churn', WRITE).filter(
      (name) => !withAccessTo('RELEASE#1', WRITE).includes(name),
    );
    expect(others).toEqual([
      'operations/start-training',
      'retraining/acknowledge',
      'retraining/advance',
      'retraining/reconcile',
    ]);
  });

  it('CHECKPOINT#churn: only what signs the chains writes it, and it writes nothing of a model', () => {
    expect(withAccessTo('CHECKPOINT#churn', WRITE)).toEqual(['audit/checkpoint']);
    expect(withAccessTo('CHECKPOINT#churn', /./)).toEqual(['audit/read-checkpoints', 'audit/checkpoint']);
  });

  it('TABLE#source_orders: only those that move data write it', () => {
    expect(withAccessTo('TABLE#source_orders', WRITE)).toEqual([
      'ingestion/push',
      'ingestion/replay-dead-letters',
      'ingestion/consume-stream',
      'ingestion/load-file',
      'ingestion/load-table',
      'tables/abandon-run',
      'materialization/plan',
      'materialization/check',
      'materialization/commit',
      'materialization/write-online',
      'versions/end-retirement',
    ]);
  });

  it.each(['VIEWS', 'RETIREDVIEWS', 'VIEWHISTORY#spend'])(
    '%s: only those that begin or end the life of a version write it',
    (key) => {
      expect(withAccessTo(key, WRITE)).toEqual([
        'materialization/plan',
        'rollout/advance',
        'versions/survey',
        'versions/sweep',
        'versions/end-retirement',
      ]);
    },
  );

  it('reads no model where it moves data, and no table log where it serves or rolls out but where a rollout begins', () => {
    const readers = (key: string) => withAccessTo(key, /./).map((name) => name.split('/')[0]);
    expect(readers('MODEL#churn').filter((area) => /ingestion|materialization|tables/.test(area!))).toEqual([]);
    expect(readers('TABLE#source_orders').filter((area) => /serving|rollout|endpoint/.test(area!))).toEqual([
      'rollout',
    ]);
  });

  it.each(FUNCTION_NAMES)('%s reaches nothing under a key that no part of the platform writes', (name) => {
    expect(actionsOn(name, 'ANYTHING#1')).toEqual([]);
  });
});
