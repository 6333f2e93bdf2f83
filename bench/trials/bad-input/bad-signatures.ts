import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DAY_MS } from '../../../core/clock.ts';
import type { BadCase, Reply } from './bad-case.ts';
import { httpReply } from './http-reply.ts';
import type { PreparedPlatform } from './prepared-platform.ts';

type Credentials = PreparedPlatform['region']['credentials'];

/** A call through the SDK, with credentials or a clock that are wrong. */
function signed(
  why: string,
  wrong: (own: Credentials) => Credentials,
  code: string,
  says: readonly string[],
  clockOffsetMs = 0,
): BadCase {
  return {
    door: 'AWS endpoint',
    why,
    async attempt({ region }) {
      const credentials = wrong(region.credentials);
      const client = new DynamoDBClient({
        endpoint: region.endpointUrl,
        region: region.regionName,
        credentials,
        systemClockOffset: clockOffsetMs,
        maxAttempts: 1,
      });
      return sdkReply(client.send(new ListTablesCommand({})));
    },
    code,
    says,
  };
}

async function sdkReply(call: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<Reply> {
  try {
    const { $metadata } = await call;
    return { code: String($metadata.httpStatusCode), name: '', message: 'done' };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }; // of the SDK
    return { code: String($metadata?.httpStatusCode), name, message };
  }
}

export const BAD_SIGNATURES: readonly BadCase[] = [
  {
    door: 'AWS endpoint',
    why: 'no signature',
    attempt: ({ region }) =>
      httpReply(region.endpointUrl, { body: '{}', headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' } }),
    code: '403',
    says: ['uthentication'],
  },
  signed('a wrong secret', (own) => ({ ...own, secretAccessKey: 'guessed' }), '403', ['signature']),
  signed('an unknown access key', (own) => ({ ...own, accessKeyId: 'AKIAEXAMPLE' }), '400', ['token']),
  signed('a signature of two days ago', (own) => own, '403', ['xpired'], -2 * DAY_MS),
  {
    door: 'AWS endpoint',
    why: 'a bucket that there is not',
    attempt: async ({ region }) => {
      const { endpointUrl: endpoint, regionName, credentials } = region;
      const s3 = new S3Client({ endpoint, region: regionName, credentials, forcePathStyle: true });
      return sdkReply(s3.send(new PutObjectCommand({ Bucket: 'nobodys-bucket', Key: 'a', Body: 'x' })));
    },
    code: '404',
    says: ['bucket does not exist'],
  },
  {
    door: 'AWS endpoint',
    why: 'the HTTP API with a signature of another secret',
    attempt: ({ url }) =>
      httpReply(`${url}/v1/models`, {
        headers: {
          'x-amz-date': '20260101T000000Z',
          authorization: `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
        },
      }),
    code: '403',
    says: ['Forbidden'],
  },
];
