import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../lib/config/environments.ts';
import { endpointName } from '../../lib/stage-names.ts';
import { fixtureDefinitions } from './fixture-definitions.ts';
import { plainText, resourcesOf, synthesize, type TemplateResource } from './synth.ts';

/*
 * Limits that AWS checks when a stack is deployed and nothing checks before. Everything is as long as it gets: the
 * longest stage, a model name of 40 characters.
 * Sources: quotas of IAM, Lambda, Step Functions, API Gateway, SageMaker, CloudFormation, CloudWatch, Firehose.
 */
const MODEL = `m${'_abcd'.repeat(7)}_abc`;
const { data, platform, model } = synthesize(environmentOf('staging'), [MODEL]);
const templates: readonly (readonly [string, Template])[] = [
  ['data', data],
  ['platform', platform],
  ['model', model],
];
/** At least as long as what CloudFormation puts in the place of a reference. */
const LONGEST_ARN = 'x'.repeat(140);

const all = (type: string): readonly (readonly [string, TemplateResource])[] =>
  templates.flatMap(([, template]) => resourcesOf(template, type));

function withoutReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutReferences);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Fn::Join')
    return (argument as readonly [string, readonly unknown[]])[1].map(withoutReferences).join(''); // by its definition
  if (name === 'Ref' || name.startsWith('Fn::')) return LONGEST_ARN;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutReferences(member)]));
}

const lengthOf = (value: unknown) => JSON.stringify(withoutReferences(value)).length;

it('has a model name as long as a model name gets', () => {
  expect(MODEL).toMatch(/^[a-z][a-z0-9_]{39}$/);
  expect(endpointName('staging', MODEL).length).toBe(57);
});

describe('a role', () => {
  it.each(all('AWS::IAM::Role'))('%s stays within what IAM takes', (_, { Properties }) => {
    const {
      Policies = [],
      Description,
      Path = '/',
    } = Properties as {
      readonly Policies?: readonly { readonly PolicyDocument: unknown }[];
      readonly Description: string;
      readonly Path?: string;
    }; // shape of the type
    const policyLength = Policies.reduce((sum, { PolicyDocument }) => sum + lengthOf(PolicyDocument), 0);
    expect(policyLength).toBeLessThanOrEqual(10_240);
    expect(Description).toMatch(/^[\t\n\r\x20-\x7e\xa1-\xff]{1,1000}$/);
    expect(Path).toMatch(/^\/([\x21-\x7e]+\/)?$/);
    expect(Path.length).toBeLessThanOrEqual(512);
  });
});

describe('a function', () => {
  it.each(all('AWS::Lambda::Function'))('%s stays within what Lambda takes', (_, { Properties }) => {
    const { Variables } = Properties['Environment'] as { readonly Variables: Readonly<Record<string, unknown>> }; // shape of the type
    const sizes = Object.entries(Variables).map(([name, value]) => name.length + lengthOf(value));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4096);
    expect(String(Properties['Description']).length).toBeLessThanOrEqual(256);
    expect(Number(Properties['MemorySize'])).toBeLessThanOrEqual(10_240);
    expect(Number(Properties['Timeout'])).toBeLessThanOrEqual(900);
  });
});

it('keeps state machines, the HTTP API and templates within their quotas', () => {
  for (const [, { Properties }] of all('AWS::StepFunctions::StateMachine')) {
    expect(Buffer.byteLength(String(Properties['DefinitionString']))).toBeLessThan(1024 * 1024);
    expect(String(Properties['StateMachineName']).length).toBeLessThanOrEqual(80);
  }
  expect(all('AWS::ApiGatewayV2::Route').length).toBeLessThanOrEqual(300);
  expect(all('AWS::ApiGatewayV2::Integration').length).toBeLessThanOrEqual(300);
  for (const [, template] of templates) {
    const body = template.toJSON() as { readonly Resources: object; readonly Outputs?: object };
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(1_000_000);
    expect(Object.keys(body.Resources).length).toBeLessThanOrEqual(500);
    expect(Object.keys(body.Outputs ?? {}).length).toBeLessThanOrEqual(200);
  }
});

it('gives names that their services take', () => {
  const [[, packages]] = all('AWS::SageMaker::ModelPackageGroup') as [[string, TemplateResource]]; // the fixture has one model
  expect(packages.Properties['ModelPackageGroupName']).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  for (const [, { Properties }] of all('AWS::CloudWatch::Alarm')) {
    expect(plainText(Properties['AlarmName']).length).toBeLessThanOrEqual(255);
    expect(plainText(Properties['AlarmDescription']).length).toBeLessThanOrEqual(1024);
  }
});

it('delivers logs as Firehose takes it when it writes Parquet', () => {
  for (const [, { Properties }] of all('AWS::KinesisFirehose::DeliveryStream')) {
    const destination = Properties['ExtendedS3DestinationConfiguration'] as {
      readonly BufferingHints: { readonly SizeInMBs: number; readonly IntervalInSeconds: number };
      readonly CompressionFormat: string;
      readonly Prefix: string;
      readonly ErrorOutputPrefix: string;
    }; // shape of the type
    expect(destination.BufferingHints.SizeInMBs).toBeGreaterThanOrEqual(64);
    expect(destination.BufferingHints.SizeInMBs).toBeLessThanOrEqual(128);
    expect(destination.BufferingHints.IntervalInSeconds).toBeLessThanOrEqual(900);
    expect(destination.CompressionFormat).toBe('UNCOMPRESSED');
    // an expression in the prefix demands one for errors, which has to say what kind they are
    expect(destination.Prefix).toContain('!{timestamp:');
    expect(destination.ErrorOutputPrefix).toContain('!{firehose:error-output-type}');
  }
});

it('projects the days of every table as Athena reads them', () => {
  const nameOf = (properties: Readonly<Record<string, unknown>>) => (properties['TableInput'] as { Name: string }).Name; // by its type
  const tables = all('AWS::Glue::Table').filter(([, { Properties }]) => nameOf(Properties) !== 'entity_rows');
  expect(tables.length).toBe(fixtureDefinitions().sources.length + 2);
  for (const [, { Properties }] of tables) {
    const { Parameters, PartitionKeys } = Properties['TableInput'] as {
      readonly Parameters: Readonly<Record<string, unknown>>;
      readonly PartitionKeys: readonly { readonly Name: string }[];
    }; // shape of the type
    const [{ Name: key } = { Name: '' }] = PartitionKeys;
    expect(Parameters[`projection.${key}.type`]).toBe('date');
    expect(Parameters[`projection.${key}.range`]).toMatch(/^\d{4}-\d{2}-\d{2},NOW\+1DAYS$/);
    expect(Parameters[`projection.${key}.interval.unit`]).toBe('DAYS');
    expect(plainText(Parameters['storage.location.template'])).toContain(`\${${key}}`);
  }
});
