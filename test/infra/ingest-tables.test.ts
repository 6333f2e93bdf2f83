import { describe, expect, it } from 'vitest';
import type { Environment } from '../../lib/config/environment.ts';
import { environmentOf } from '../../lib/config/environments.ts';
import { resourcesIn, rolePolicies, type Statement } from './policies.ts';
import { plainText, resourcesOf, synthesize } from './synth.ts';

const listed: Environment = {
  ...environmentOf('dev'),
  ingestTables: [{ database: 'crm', table: 'orders', location: 's3://crm-lake/gold/orders/' }],
};
const none = synthesize().platform;
const one = synthesize(listed).platform;

/** Every right of a role: action, resource, condition. */
const rightsOf = (statements: readonly Statement[]) =>
  statements.flatMap((statement) =>
    [statement.Action].flat().flatMap((action) =>
      resourcesIn(statement).map((resource) => {
        const condition = statement.Condition === undefined ? '' : ` if ${JSON.stringify(statement.Condition)}`;
        return `${action} ${resource}${condition}`;
      }),
    ),
  );
const rightsOfFlow = (template: typeof none) => rightsOf(rolePolicies(template).get('FlowsIngestTable') ?? []);

describe('tables of the warehouse', () => {
  it('give the flow the listed table and the files below its location, and nothing else', () => {
    const before = new Set(rightsOfFlow(none));
    const catalog = 'arn:aws:glue:us-east-1:000000000000';
    const added = rightsOfFlow(one).filter((right) => !before.has(right));
    expect(added.sort()).toEqual(
      [
        ...['GetDatabase', 'GetPartitions', 'GetTable'].flatMap((action) =>
          ['catalog', 'database/crm', 'table/crm/orders'].map((what) => `glue:${action} ${catalog}:${what}`),
        ),
        's3:GetBucketLocation arn:aws:s3:::crm-lake',
        's3:GetObject arn:aws:s3:::crm-lake/gold/orders/*',
        's3:ListBucket arn:aws:s3:::crm-lake if {"StringLike":{"s3:prefix":["gold/orders/","gold/orders/*"]}}',
      ].sort(),
    );
  });

  it('are none by default: the flow then reads no table at all', () => {
    expect(rightsOfFlow(none).filter((right) => right.startsWith('glue:'))).toEqual([]);
    const read = rightsOfFlow(none).filter((right) => right.startsWith('s3:GetObject '));
    expect(read).toEqual([expect.stringMatching(/OfflineBucket.*\/athena-results\/\*$/)]);
  });

  it('change the role of no other flow and no function', () => {
    const others = (template: typeof none) =>
      [...rolePolicies(template)]
        .filter(([role]) => role !== 'FlowsIngestTable')
        .map(([role, all]) => [role, rightsOf(all)]);
    expect(others(one)).toEqual(others(none));
  });

  it('are told by name to the functions that check them', () => {
    const told = (template: typeof none) =>
      resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
        const { Variables } = Properties['Environment'] as { readonly Variables: Readonly<Record<string, unknown>> }; // shape of the type
        return 'INGEST_TABLES' in Variables ? [[Properties['Description'], plainText(Variables['INGEST_TABLES'])]] : [];
      });
    const functions = ['ingestion/start-table-ingestion', 'ingestion/plan-table'];
    expect(Object.fromEntries(told(none))).toEqual(Object.fromEntries(functions.map((name) => [name, '[]'])));
    expect(Object.fromEntries(told(one))).toEqual(
      Object.fromEntries(functions.map((name) => [name, '["crm.orders"]'])),
    );
  });
});
