import { AwsError, type Caller, type Region } from '../../service.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { serviceCaller } from '../service-caller.ts';
import { queueUrlOf } from '../sqs/queue-url.ts';
import { callService } from '../step-functions/call-service.ts';
import { StateError } from '../step-functions/state-error.ts';
import { parseTaskResource } from '../step-functions/task-resource.ts';
import type { Delivery } from './deliveries.ts';

/** How a rule reaches a function: by the function's own policy. */
export type FunctionTarget = Pick<LambdaService, 'sendEventFor'>;

/**
 * Hands a payload to a target: a function, state machine, topic, queue, log group, or with a role any operation of a
 * JSON service (`arn:aws:scheduler:::aws-sdk:sfn:startExecution`).
 *
 * @param functions reaches a function without a role; absent where every target has one
 * @param id the same at every try, so that an execution is started once
 * @throws AwsError as the target refuses
 */
export async function sendToTarget(
  region: Region,
  functions: FunctionTarget | undefined,
  principal: 'events.amazonaws.com' | 'scheduler.amazonaws.com',
  id: string,
  delivery: Delivery,
): Promise<void> {
  const { targetArn, payload, roleArn, sourceArn } = delivery;
  const caller = roleArn === undefined ? serviceCaller(principal, sourceArn) : region.callerForRole(roleArn);
  switch (serviceOf(targetArn)) {
    case 'lambda':
      if (roleArn === undefined) {
        if (functions === undefined) throw needsRole(delivery);
        functions.sendEventFor({ principal, sourceArn }, targetArn, payload);
        return;
      }
      await region.invoke(
        'lambda',
        'Invoke',
        { FunctionName: targetArn, Payload: payload, InvocationType: 'Event' },
        caller,
      );
      return;
    case 'states':
      if (roleArn === undefined) throw needsRole(delivery);
      await startOnce(region, targetArn, payload, id, caller);
      return;
    case 'sns':
      await region.invoke('sns', 'Publish', { TopicArn: targetArn, Message: payload }, caller);
      return;
    case 'sqs':
      // A dead letter goes as the service itself, which the queue's policy lets in.
      await region.invoke(
        'sqs',
        'SendMessage',
        messageFor(region, delivery, id),
        id.endsWith('-dlq') ? serviceCaller(principal, sourceArn) : caller,
      );
      return;
    case 'logs':
      await putLogEvent(region, targetArn, payload, id, caller);
      return;
    case 'aws-sdk':
      if (roleArn === undefined) throw needsRole(delivery);
      await callUniversalTarget(region, delivery, caller);
      return;
    default:
      throw new AwsError('ValidationException', `the laptop region cannot deliver to ${targetArn}`);
  }
}

function serviceOf(targetArn: string): string {
  const parts = targetArn.split(':');
  return parts[2] === 'scheduler' && parts[5] === 'aws-sdk' ? 'aws-sdk' : (parts[2] ?? '');
}

/** @throws Error for a target that no delivery could ever reach, when it is brought up */
export function checkTarget(targetArn: string): void {
  const service = serviceOf(targetArn);
  if (service === 'aws-sdk') {
    parseTaskResource(targetArn.replace(':scheduler:', ':states:'));
  } else if (!['lambda', 'states', 'sns', 'sqs', 'logs', 'events'].includes(service)) {
    throw new Error(`target ${targetArn}: the laptop region delivers to lambda, states, sns, sqs, logs, events`);
  }
}

function needsRole(delivery: Delivery): AwsError {
  return new AwsError('ValidationException', `RoleArn is required for target ${delivery.targetArn}`);
}

async function startOnce(region: Region, stateMachineArn: string, input: string, name: string, caller: Caller) {
  try {
    await region.invoke('states', 'StartExecution', { stateMachineArn, name, input }, caller);
  } catch (error) {
    // A try before a crash has started it.
    if (!(error instanceof AwsError) || error.code !== 'ExecutionAlreadyExists') throw error;
  }
}

function messageFor(region: Region, delivery: Delivery, id: string): object {
  const message = id.endsWith('-dlq')
    ? (JSON.parse(delivery.payload) as { body: string; attributes: object }) // written by Deliveries
    : { body: delivery.payload, attributes: undefined };
  return {
    QueueUrl: queueUrlOf(region, delivery.targetArn),
    MessageBody: message.body,
    ...(message.attributes === undefined ? {} : { MessageAttributes: message.attributes }),
    ...(delivery.messageGroupId === undefined ? {} : { MessageGroupId: delivery.messageGroupId }),
  };
}

async function putLogEvent(region: Region, arn: string, payload: string, id: string, caller: Caller): Promise<void> {
  const [, logGroupName = ''] = /:log-group:([^:]+)/.exec(arn) ?? [];
  const logStreamName = id;
  await region.invoke('logs', 'CreateLogStream', { logGroupName, logStreamName }, caller).catch((error: unknown) => {
    if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
  });
  const logEvents = [{ timestamp: region.clock.now().getTime(), message: payload }];
  await region.invoke('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents }, caller);
}

async function callUniversalTarget(region: Region, delivery: Delivery, caller: Caller): Promise<void> {
  const resource = parseTaskResource(delivery.targetArn.replace(':scheduler:', ':states:'));
  const input: unknown = JSON.parse(delivery.payload);
  try {
    await callService(region, resource, input, caller, { arn: delivery.sourceArn, machineArn: delivery.sourceArn });
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw new AwsError(error.error.replace(/^[^.]*\./, ''), error.errorCause);
  }
}
