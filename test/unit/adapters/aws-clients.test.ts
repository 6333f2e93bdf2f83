import { describe, expect, it } from 'vitest';
import { dynamoClient } from '../../../lambdas/adapters/aws/dynamo-client.ts';
import { firehoseClient } from '../../../lambdas/adapters/aws/firehose-client.ts';
import { s3Client } from '../../../lambdas/adapters/aws/s3-client.ts';
import { sagemakerRuntimeClient } from '../../../lambdas/adapters/aws/sagemaker-runtime-client.ts';

interface Client {
  readonly config: {
    readonly requestHandler: {
      handle(request: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
      httpHandlerConfigs?(): object;
    };
  };
}

/** A client has its settings once a request was made; this one is given up before it is sent. */
async function httpSettings({ config: { requestHandler } }: Client): Promise<object> {
  const request = { protocol: 'https:', headers: {} } as never; // nothing else of it is looked at
  await expect(requestHandler.handle(request, { abortSignal: AbortSignal.abort() })).rejects.toThrow('abort');
  return requestHandler.httpHandlerConfigs?.() ?? {};
}

describe('AWS clients', () => {
  it.each([
    ['DynamoDB', dynamoClient, 2_000],
    ['Firehose', firehoseClient, 2_000],
    ['S3', s3Client, 60_000],
    ['SageMaker', sagemakerRuntimeClient, 10_000],
  ] as const)(
    'of %s give a request that hangs up, which the SDK by itself only warns of',
    async (_, client, limitMs) => {
      expect(await httpSettings(client())).toMatchObject({ requestTimeout: limitMs, throwOnRequestTimeout: true });
    },
  );
});
