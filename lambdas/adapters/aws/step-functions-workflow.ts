import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { FLOWS, type Flow } from '../../../contracts/flows.ts';
import { BugError, NotFoundError } from '../../../core/errors.ts';
import { failureReason } from '../../../core/failure-reason.ts';
import type { Execution, Workflow } from '../../ports/workflow.ts';
import { answerOf, isNamed } from './aws-failure.ts';

export function sfnClient(): SFNClient {
  return new SFNClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
}

/** @param machines ARN of the state machine of each flow this function may use */
export function stepFunctionsWorkflow(sfn: SFNClient, machines: Partial<Record<Flow, string>>): Workflow {
  const machineOf = (flow: Flow): string => {
    const arn = machines[flow];
    if (arn === undefined) throw new BugError(`this function was given no state machine for flow "${flow}"`, { flow });
    return arn;
  };

  const describe = async (executionId: string): Promise<Execution> => {
    const { flow, name } = parseExecutionId(executionId);
    const executionArn = `${machineOf(flow).replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      const history = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 20 });
      const { events = [] } = await sfn.send(history);
      return executionOf(executionId, flow, found, stepOf(events));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) throw noExecution(executionId);
      return answerOf(`Step Functions DescribeExecution of ${executionId}`, Promise.reject(error));
    }
  };

  return {
    describe,
    async wake(taskToken, output) {
      try {
        await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
        return true;
      } catch (error) {
        if (isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) return false;
        return answerOf('Step Functions SendTaskSuccess', Promise.reject(error));
      }
    },
    async start(flow, name, input) {
      const start = new StartExecutionCommand({
        stateMachineArn: machineOf(flow),
        name,
        input: JSON.stringify(input),
      });
      try {
        await sfn.send(start);
      } catch (error) {
        // the cause is in the name: what has been started under it is the same work
        if (!isNamed(error, 'ExecutionAlreadyExists')) {
          await answerOf(`Step Functions StartExecution of ${flow}`, Promise.reject(error));
        }
      }
      return { executionId: `${flow}:${name}` };
    },
  };
}

function parseExecutionId(executionId: string): { readonly flow: Flow; readonly name: string } {
  const [word = '', name = ''] = executionId.split(':', 2);
  const flow = FLOWS.find((one) => one === word);
  if (flow === undefined || !/^[A-Za-z0-9_-]{1,80}$/.test(name)) throw noExecution(executionId);
  return { flow, name };
}

function noExecution(executionId: string): NotFoundError {
  return new NotFoundError('execution', executionId, null, `ids read <flow>:<name>, flow one of ${FLOWS.join(', ')}`);
}

/**
 * Name of the state that was entered last; of a flow that ends in a Fail state, of the one that led there: cleaning up
 * comes between the two.
 *
 * @param events newest first
 */
function stepOf(events: readonly HistoryEvent[]): string | null {
  const hasFailed = events.some(({ type }) => type === 'FailStateEntered');
  const failure = hasFailed ? events.findIndex(({ type }) => FAILURES.test(type ?? '')) : -1;
  const before = events.slice(failure + 1).map((event) => event.stateEnteredEventDetails?.name);
  return before.find((name) => name !== undefined) ?? null;
}

const FAILURES = /^(Task|TaskStart|TaskSubmit|LambdaFunction|Evaluation)Failed$|^TaskTimedOut$/;

function executionOf(
  executionId: string,
  flow: Flow,
  found: DescribeExecutionCommandOutput,
  step: string | null,
): Execution {
  const { status } = found;
  if (status === undefined || status === 'PENDING_REDRIVE') {
    return executionOf(executionId, flow, { ...found, status: 'RUNNING' }, step);
  }
  return {
    executionId,
    flow,
    status,
    step,
    startedAt: (found.startDate ?? new Date(0)).toISOString(),
    endedAt: found.stopDate?.toISOString() ?? null,
    output: found.output === undefined ? null : JSON.parse(found.output),
    error:
      status === 'RUNNING' || status === 'SUCCEEDED'
        ? null
        : {
            name: found.error ?? status,
            message: found.cause === undefined ? 'the execution gave no cause' : failureReason(found.cause),
          },
  };
}
