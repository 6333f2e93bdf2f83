import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, type Operation, type Region } from '../../service.ts';
import { page } from '../page.ts';
import { readInput } from '../read-document.ts';
import { MAX_STATE_BYTES } from './evaluate.ts';
import type { ExecutionEngine } from './execution-engine.ts';
import { readHistory } from './execution-journal.ts';
import type { Machines } from './machines.ts';
import type { ExecutionRecord, MachineRecord } from './records.ts';

const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/;

const Start = z.object({ stateMachineArn: z.string(), name: z.string().optional(), input: z.string().default('{}') });
const ByExecution = z.object({ executionArn: z.string() });
const Stop = ByExecution.extend({ error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() });
const List = z.object({
  stateMachineArn: z.string(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']).optional(),
  maxResults: z.number().int().min(0).max(1000).default(100),
  nextToken: z.string().optional(),
});
const History = ByExecution.extend({
  maxResults: z.number().int().min(0).max(1000).default(100),
  nextToken: z.string().optional(),
  reverseOrder: z.boolean().default(false),
  includeExecutionData: z.boolean().default(true),
});

/** The operations on executions, in the words of the Step Functions API. */
export function executionOperations(
  region: Region,
  machines: Machines,
  engine: ExecutionEngine,
): Readonly<Record<string, Operation>> {
  const find = (input: unknown, caller: Parameters<Operation>[1], action: string): ExecutionRecord => {
    const { executionArn } = readInput(ByExecution, input);
    region.authorize(caller, `states:${action}`, executionArn);
    const execution = engine.get(executionArn);
    if (execution === undefined) {
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    }
    return execution;
  };

  return {
    StartExecution: async (input, caller) => {
      const request = readInput(Start, input);
      region.authorize(caller, 'states:StartExecution', request.stateMachineArn);
      const execution = begin(region, machines.byArn(request.stateMachineArn), engine, request);
      return { executionArn: execution.arn, startDate: execution.startedAtMs / 1000 };
    },
    StartSyncExecution: async (input, caller) => {
      const request = readInput(Start, input);
      region.authorize(caller, 'states:StartSyncExecution', request.stateMachineArn);
      const machine = machines.byArn(request.stateMachineArn);
      if (machine.type !== 'EXPRESS') {
        throw new AwsError(
          'StateMachineTypeNotSupported',
          'This operation is not supported by this type of state machine',
        );
      }
      const { arn } = begin(region, machine, engine, request);
      await engine.ended(arn);
      return describe(engine.get(arn)!); // begun above, and never deleted
    },
    StopExecution: async (input, caller) => {
      const { arn } = find(input, caller, 'StopExecution');
      const { error, cause } = readInput(Stop, input);
      engine.abort(arn, error, cause);
      return { stopDate: (engine.get(arn)?.stoppedAtMs ?? 0) / 1000 };
    },
    DescribeExecution: async (input, caller) => describe(find(input, caller, 'DescribeExecution')),
    ListExecutions: async (input, caller) => {
      const request = readInput(List, input);
      region.authorize(caller, 'states:ListExecutions', request.stateMachineArn);
      machines.byArn(request.stateMachineArn);
      const executions = engine
        .ofMachine(request.stateMachineArn)
        .filter(({ status }) => request.statusFilter === undefined || status === request.statusFilter);
      const { items, nextToken } = page(executions, request.maxResults || 100, request.nextToken, 'InvalidToken');
      return {
        executions: items.map((execution) => {
          const { input: _input, output: _output, error: _error, cause: _cause, ...summary } = describe(execution);
          return summary;
        }),
        ...(nextToken === undefined ? {} : { nextToken }),
      };
    },
    GetExecutionHistory: async (input, caller) => {
      const { arn } = find(input, caller, 'GetExecutionHistory');
      const request = readInput(History, input);
      const history = readHistory(region.store('states'), arn);
      if (request.reverseOrder) history.reverse();
      const { items, nextToken } = page(history, request.maxResults || 100, request.nextToken, 'InvalidToken');
      return {
        events: items.map(({ id, previousEventId, timestampMs, type, details }) => ({
          id,
          previousEventId,
          timestamp: timestampMs / 1000,
          type,
          ...(request.includeExecutionData ? details : {}),
        })),
        ...(nextToken === undefined ? {} : { nextToken }),
      };
    },
  };
}

/** Starts an execution, or finds the running one that the same name and input started before. */
function begin(
  region: Region,
  machine: MachineRecord,
  engine: ExecutionEngine,
  request: { readonly name?: string | undefined; readonly input: string },
): ExecutionRecord {
  const name = request.name ?? randomUUID();
  if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  checkInput(request.input);
  const isExpress = machine.type === 'EXPRESS';
  const arn = isExpress
    ? `${machine.arn.replace(':stateMachine:', ':express:')}:${name}:${randomUUID()}`
    : `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
  const earlier = engine.get(arn);
  if (earlier !== undefined) {
    if (earlier.status === 'RUNNING' && earlier.input === request.input) return earlier;
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  }
  const execution: ExecutionRecord = {
    arn,
    name,
    machineName: machine.name,
    machineArn: machine.arn,
    machineType: machine.type,
    roleArn: machine.roleArn,
    definitionDigest: machine.definitionDigest,
    status: 'RUNNING',
    input: request.input,
    startedAtMs: region.clock.now().getTime(),
  };
  engine.start(execution);
  return execution;
}

function checkInput(input: string): void {
  if (Buffer.byteLength(input) > MAX_STATE_BYTES) {
    throw new AwsError('InvalidExecutionInput', `Invalid execution input: longer than ${MAX_STATE_BYTES} bytes`);
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${String(error)}'`);
  }
}

function describe(execution: ExecutionRecord) {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startedAtMs / 1000,
    ...(execution.stoppedAtMs === undefined ? {} : { stopDate: execution.stoppedAtMs / 1000 }),
    input: execution.input,
    inputDetails: { included: true },
    ...(execution.output === undefined ? {} : { output: execution.output, outputDetails: { included: true } }),
    ...(execution.error === undefined ? {} : { error: execution.error }),
    ...(execution.cause === undefined ? {} : { cause: execution.cause }),
  };
}
