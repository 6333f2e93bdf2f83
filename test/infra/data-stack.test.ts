import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { OUTCOME_LOG_COLUMNS, PREDICTION_LOG_COLUMNS } from '../../contracts/prediction-log.ts';
import { environmentOf } from '../../lib/config/environments.ts';
import { plainText, resourcesOf, synthesize } from './synth.ts';

const { data } = synthesize();
const prod = synthesize(environmentOf('prod')).data;

describe('tables', () => {
  const tables = resourcesOf(data, 'AWS::DynamoDB::Table');

  it.each(tables)('%s is encrypted, restorable, and paid per request', (_, { Properties }) => {
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  });

  it('forgets online values and predictions at their time, and nothing of the registry', () => {
    const expiring = tables.map(([id, { Properties }]) => [id.slice(0, 6), Properties['TimeToLiveSpecification']]);
    expect(expiring).toEqual([
      ['Online', { AttributeName: 'x', Enabled: true }],
      ['Regist', undefined],
      ['Predic', { AttributeName: 'x', Enabled: true }],
    ]);
  });
});

describe('production', () => {
  it.each(resourcesOf(prod, 'AWS::DynamoDB::Table'))('does not let table %s be deleted', (_, table) => {
    expect(table.Properties['DeletionProtectionEnabled']).toBe(true);
    expect(table.DeletionPolicy).toBe('Retain');
  });

  it.each(resourcesOf(prod, 'AWS::S3::Bucket'))('keeps bucket %s when its stack goes', (_, bucket) => {
    expect(bucket.DeletionPolicy).toBe('Retain');
  });

  it('cannot be destroyed by a slip of the hand, where dev can', () => {
    const isProtected = (stage: string) => synthesize(environmentOf(stage)).stacks.data.terminationProtection;
    expect([isProtected('prod'), isProtected('dev')]).toEqual([true, false]);
  });
});

describe('buckets', () => {
  const buckets = resourcesOf(data, 'AWS::S3::Bucket');

  it.each(buckets)('%s is private, encrypted, versioned, and cleans up after itself', (_, { Properties }) => {
    expect(Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(JSON.stringify(Properties['BucketEncryption'])).toContain('AES256');
    expect(JSON.stringify(Properties['LifecycleConfiguration'])).toContain('NoncurrentVersionExpiration');
  });

  it('refuses requests without TLS on each of them', () => {
    const policies = resourcesOf(data, 'AWS::S3::BucketPolicy');
    expect(policies.length).toBe(buckets.length);
    for (const [, { Properties }] of policies) {
      expect(JSON.stringify(Properties)).toContain('"Effect":"Deny"');
      expect(JSON.stringify(Properties)).toContain('"aws:SecureTransport":"false"');
    }
  });

  it('logs who reads them, but for the bucket of those logs', () => {
    const unlogged = buckets.filter(([, { Properties }]) => Properties['LoggingConfiguration'] === undefined);
    expect(unlogged.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['AccessLogsBucket']);
  });

  it('lets scratch prefixes expire and nothing else of the offline bucket', () => {
    const [, offline] = buckets.find(([id]) => id.startsWith('Offline'))!;
    const { Rules } = offline.Properties['LifecycleConfiguration'] as {
      readonly Rules: readonly { readonly Prefix?: string; readonly ExpirationInDays?: number }[]; // by its type
    };
    const expiring = Rules.filter((rule) => rule.ExpirationInDays !== undefined).map((rule) => rule.Prefix);
    expect(expiring).toEqual([
      'landing/',
      'online-export/',
      'quality/',
      'training-join/',
      'skew-audit/',
      'drift-scan/',
      'batch-entities/',
      'batch-part/',
      'rollout-counts/',
      'training-set-part/',
      'entity-rows/',
      'athena-results/',
    ]);
  });
});

describe('catalogue', () => {
  const tableNamed = (name: string) => {
    const found = resourcesOf(data, 'AWS::Glue::Table')
      .map(([, { Properties }]) => Properties['TableInput'] as GlueTable) // by its type
      .find((table) => table.Name === name);
    expect(found, `Glue table ${name}`).toBeDefined();
    return found!;
  };
  interface GlueTable {
    readonly Name: string;
    readonly PartitionKeys: readonly { readonly Name: string }[];
    readonly Parameters: Readonly<Record<string, unknown>>;
    readonly StorageDescriptor: {
      readonly Location: unknown;
      readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
    };
  }
  const columnsOf = (table: GlueTable) =>
    Object.fromEntries(table.StorageDescriptor.Columns.map(({ Name, Type }) => [Name, Type]));
  const rowTimes = { event_time_ms: 'bigint', known_at_ms: 'bigint', loaded_at_ms: 'bigint', seq: 'bigint' };

  it('has a table per source, with the types of its columns', () => {
    expect(columnsOf(tableNamed('source_orders'))).toEqual({
      customer_id: 'bigint',
      ordered_at: 'bigint',
      country: 'string',
      amount: 'double',
      is_gift: 'boolean',
      ...rowTimes,
      served_at_ms: 'bigint',
    });
  });

  it('has no table of a feature view: those are made with their first rows, and outlive the definitions', () => {
    const names = resourcesOf(data, 'AWS::Glue::Table').map(
      ([, { Properties }]) => (Properties['TableInput'] as GlueTable).Name,
    );
    expect(names.filter((name) => !name.startsWith('source_')).sort()).toEqual([
      'entity_rows',
      'outcome',
      'prediction',
    ]);
  });

  it('works days out instead of registering them', () => {
    const { Parameters, PartitionKeys } = tableNamed('source_orders');
    expect(PartitionKeys).toEqual([{ Name: 'loaded_day', Type: 'string' }]);
    expect(Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.loaded_day.type': 'date',
      'projection.loaded_day.format': 'yyyy-MM-dd',
      'projection.loaded_day.range': '2020-01-01,NOW+1DAYS',
    });
    expect(plainText(Parameters['storage.location.template'])).toMatch(
      /\/source\/orders\/loaded_day=\$\{loaded_day\}\/$/,
    );
  });

  it('has the rows of entity tables in partitions that a query names', () => {
    const { Parameters, PartitionKeys } = tableNamed('entity_rows');
    expect(PartitionKeys).toEqual([{ Name: 'entity_table', Type: 'string' }]);
    expect(Parameters).toMatchObject({ 'projection.enabled': 'true', 'projection.entity_table.type': 'injected' });
    expect(plainText(Parameters['storage.location.template'])).toMatch(
      /\/entity-rows\/entity_table=\$\{entity_table\}\/$/,
    );
  });

  it.each([
    ['prediction', PREDICTION_LOG_COLUMNS],
    ['outcome', OUTCOME_LOG_COLUMNS],
  ])('has the table %s with the columns that are put on its stream', (name, columns) => {
    expect(columnsOf(tableNamed(name))).toEqual(columns);
  });

  it('runs queries in a workgroup that bounds what they scan and encrypts what they answer', () => {
    data.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'headgate-dev',
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: environmentOf('dev').athenaScanLimitBytes,
        EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
        ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
      },
    });
  });
});

describe('log streams', () => {
  it.each(['prediction', 'outcome'])('keeps %s records as Parquet by the day they arrived', (table) => {
    data.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
      ExtendedS3DestinationConfiguration: {
        Prefix: `${table}/dt=!{timestamp:yyyy-MM-dd}/`,
        ErrorOutputPrefix: Match.stringLikeRegexp(`^error/${table}/`),
        BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 64 },
        CloudWatchLoggingOptions: { Enabled: true },
        DataFormatConversionConfiguration: {
          Enabled: true,
          SchemaConfiguration: { DatabaseName: 'headgate_dev', TableName: table },
        },
      },
    });
  });
});

describe('the audit archive', () => {
  const lockOf = (stage: string) => {
    const buckets = resourcesOf(synthesize(environmentOf(stage)).data, 'AWS::S3::Bucket');
    return buckets.flatMap(([, { Properties }]) => {
      const { ObjectLockEnabled, ObjectLockConfiguration } = Properties;
      return ObjectLockEnabled === undefined ? [] : [ObjectLockConfiguration];
    });
  };
  const rule = (Mode: string, Days: number) => ({
    ObjectLockEnabled: 'Enabled',
    Rule: { DefaultRetention: { Mode, Days } },
  });

  it('is one bucket that nobody can change in production, and that can be given up elsewhere', () => {
    expect(lockOf('dev')).toEqual([rule('GOVERNANCE', 7)]);
    expect(lockOf('prod')).toEqual([rule('COMPLIANCE', 400)]);
  });

  it('is signed with a key of P-256 that signs and does nothing else', () => {
    expect(resourcesOf(data, 'AWS::KMS::Key').map(([, { Properties }]) => Properties)).toMatchObject([
      { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    ]);
    expect(resourcesOf(prod, 'AWS::KMS::Key').map(([, key]) => key.DeletionPolicy)).toEqual(['Retain']);
  });
});
