import { AwsError, type Region } from '../../service.ts';

/** The SDK sends to the host of the URL, so queues of the laptop have its endpoint. */
export function queueUrlOf(region: Region, queueArn: string): string {
  return `${region.endpointUrl}/${region.accountId}/${queueArn.split(':').at(-1)}`;
}

/** @throws AwsError `QueueDoesNotExist` for what is no URL of a queue */
export function queueNameOf(queueUrl: string): string {
  const name = queueUrl.split('/').at(-1);
  if (name === undefined || name === '') throw new AwsError('QueueDoesNotExist', `no queue has the URL "${queueUrl}"`);
  return name;
}
