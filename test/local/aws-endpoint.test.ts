import { AthenaClient, ListDataCatalogsCommand } from '@aws-sdk/client-athena';
import { DynamoDBClient, ListTablesCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleCredentials } from '../../local/iam/credentials.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { lambdaRole, writeAssembly } from './fixture-assembly.ts';
import { newStateDir } from './running-regions.ts';

let region: RunningRegion;
beforeAll(async () => {
  const assemblyDir = writeAssembly({
    S: {
      template: {
        Resources: {
          Reader: lambdaRole([
            { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: { 'Fn::GetAtt': ['Table', 'Arn'] } },
            { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' },
          ]),
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              TableName: 'notes',
              AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            },
          },
          Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'files' } },
        },
        Outputs: { Role: { Value: { 'Fn::GetAtt': ['Reader', 'Arn'] } } },
      },
    },
  });
  region = await startRegion({ assemblyDir, stateDir: newStateDir(), apiPort: 0, awsPort: 0 });
});
afterAll(() => region.stop());

const person = () => ({
  endpoint: region.endpointUrl,
  region: 'us-east-1',
  credentials: region.credentials,
  maxAttempts: 1,
});
const role = () => ({ ...person(), credentials: roleCredentials(region.outputs['S']!['Role']!) });

describe('the AWS endpoint, through the SDK', () => {
  it('knows who signed', async () => {
    const { Arn } = await new STSClient(role()).send(new GetCallerIdentityCommand({}));
    expect(Arn).toMatch(/^arn:aws:sts::000000000000:assumed-role\/S-Reader-\w+\/local$/);
    const { Account } = await new STSClient(person()).send(new GetCallerIdentityCommand({}));
    expect(Account).toBe('000000000000');
  });

  it('answers a JSON service and a REST service at one address', async () => {
    expect((await new DynamoDBClient(person()).send(new ListTablesCommand({}))).TableNames).toEqual(['notes']);
    const s3 = new S3Client(person());
    await s3.send(new PutObjectCommand({ Bucket: 'files', Key: 'a/b c+é.txt', Body: 'hello' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'a/b c+é.txt' }));
    expect(await Body?.transformToString()).toBe('hello');
  });

  it('takes a presigned URL without a header, and refuses one that was changed', async () => {
    const url = await getSignedUrl(new S3Client(person()), new PutObjectCommand({ Bucket: 'files', Key: 'signed' }));
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(200);
    const changed = await fetch(url.replace('/signed?', '/other?'), { method: 'PUT', body: 'x' });
    expect([changed.status, await changed.text()]).toEqual([
      403,
      expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
    ]);
  });

  it('asks for the right of every item of a transaction', async () => {
    const put = { Put: { TableName: 'notes', Item: { pk: { S: 'a' } } } };
    const update = {
      Update: {
        TableName: 'notes',
        Key: { pk: { S: 'b' } },
        UpdateExpression: 'SET x = :x',
        ExpressionAttributeValues: { ':x': { S: '' } },
      },
    };
    const db = new DynamoDBClient(role());
    await db.send(new TransactWriteItemsCommand({ TransactItems: [put] }));
    await expect(db.send(new TransactWriteItemsCommand({ TransactItems: [put, update] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'is not authorized to perform: dynamodb:UpdateItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/notes',
      ),
    });
  });

  it.each<[string, () => Promise<unknown>, object]>([
    [
      'S3 access denied',
      () => new S3Client(role()).send(new GetObjectCommand({ Bucket: 'files', Key: 'x' })),
      { name: 'AccessDenied', $metadata: expect.objectContaining({ httpStatusCode: 403 }) },
    ],
    [
      'an operation no stand-in has',
      () => new AthenaClient(person()).send(new ListDataCatalogsCommand({})),
      {
        name: 'UnknownOperationException',
        message: expect.stringContaining('athena has no operation "ListDataCatalogs"'),
      },
    ],
    [
      'a key nobody has',
      () =>
        new DynamoDBClient({ ...person(), credentials: { accessKeyId: 'AKIAX', secretAccessKey: 'x' } }).send(
          new ListTablesCommand({}),
        ),
      { name: 'UnrecognizedClientException' },
    ],
    [
      'a wrong secret',
      () =>
        new DynamoDBClient({ ...person(), credentials: { ...region.credentials, secretAccessKey: 'x' } }).send(
          new ListTablesCommand({}),
        ),
      { name: 'InvalidSignatureException' },
    ],
  ])('refuses in the words of the service: %s', async (_, call, error) => {
    await expect(call()).rejects.toMatchObject(error);
  });

  it('refuses a request without a signature, and one that is too large', async () => {
    const unsigned = await fetch(region.endpointUrl, { method: 'POST', body: '{}' });
    expect([unsigned.status, unsigned.headers.get('x-amzn-errortype')]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
    const large = await fetch(region.endpointUrl, { method: 'POST', body: 'x'.repeat(21 * 2 ** 20) });
    expect([large.status, large.headers.get('x-amzn-errortype')]).toEqual([413, 'RequestEntityTooLargeException']);
  });
});
