import { expect, it } from 'vitest';
import { awsFailure } from '../../../lambdas/adapters/aws/aws-failure.ts';

const refusal = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode } });

it.each([
  ['DynamoDB writes the item in a transaction', 'TransactionConflictException', 400],
  ['S3 takes another write under the key', 'ConditionalRequestConflict', 409],
  ['Application Auto Scaling changes the target', 'ConcurrentUpdateException', 400],
  ['SageMaker numbers another package of the group', 'ConflictException', 409],
])('a call that is refused while %s may be tried again', (_, name, status) => {
  expect(awsFailure('the call', refusal(name, status))).toMatchObject({
    name: 'UnavailableError',
    kind: 'unavailable',
  });
});

it('a call that is wrong may not', () => {
  expect(awsFailure('the call', refusal('ValidationException', 400))).toMatchObject({
    name: 'AwsRequestError',
    kind: 'bug',
  });
});
