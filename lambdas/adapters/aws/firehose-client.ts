import { FirehoseClient } from '@aws-sdk/client-firehose';

export function firehoseClient(): FirehoseClient {
  return new FirehoseClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}
