import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { environmentOf } from '../../lib/config/environments.ts';
import { headgateApp } from './synth.ts';

const { app, stacks } = headgateApp({
  environment: {
    ...environmentOf('prod'),
    ingestTables: [{ database: 'crm', table: 'orders', location: 's3://crm-lake/gold/orders/' }],
  },
  isValidated: true,
});

it('passes the AWS Solutions checks, each acknowledgement on the one construct it is about', () => {
  const findings = [stacks.data, stacks.platform, ...stacks.models].flatMap(
    (stack) => new AwsSolutionsChecks().validateScope(stack).violations,
  );
  const told = findings.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
  expect(told).toEqual([]);
});

it('passes the schema and lint checks that every synth runs', () => {
  expect(() => app.synth()).not.toThrow();
});
