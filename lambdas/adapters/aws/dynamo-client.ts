import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * A request that hangs is given up well before the 29 s of the API: 2 s each, three times at most. On a laptop
 * `AWS_ENDPOINT_URL` sends the client to the region there.
 */
export function dynamoClient(): DynamoDBClient {
  return new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 500, requestTimeout: 2_000 } });
}
