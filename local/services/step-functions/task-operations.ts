import * as z from 'zod';
import { AwsError, type Caller, type Operation, type Region } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { MAX_STATE_BYTES } from './evaluate.ts';
import type { TaskTokens, TokenRecord } from './task-tokens.ts';

const Token = z.object({ taskToken: z.string().min(1).max(2048) });
const Success = Token.extend({ output: z.string() });
const Failure = Token.extend({ error: z.string().max(256).default(''), cause: z.string().max(32_768).default('') });

/** The answers to `.waitForTaskToken`. */
export function taskOperations(region: Region, tokens: TaskTokens): Readonly<Record<string, Operation>> {
  const find = (taskToken: string, caller: Caller, action: string): TokenRecord => {
    if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(taskToken)) {
      throw new AwsError('InvalidToken', `Invalid Token: '${taskToken}'`);
    }
    const record = tokens.get(taskToken);
    if (record === undefined || record.answer !== undefined) {
      throw new AwsError('TaskTimedOut', 'Task Timed Out: the task of this token has ended');
    }
    region.authorize(caller, `states:${action}`, record.machineArn);
    return record;
  };
  return {
    SendTaskSuccess: async (input, caller) => {
      const { taskToken, output } = readInput(Success, input);
      find(taskToken, caller, 'SendTaskSuccess');
      tokens.update(taskToken, { answer: { output: readOutput(output) } });
      return {};
    },
    SendTaskFailure: async (input, caller) => {
      const { taskToken, error, cause } = readInput(Failure, input);
      find(taskToken, caller, 'SendTaskFailure');
      tokens.update(taskToken, { answer: { error, cause } });
      return {};
    },
    SendTaskHeartbeat: async (input, caller) => {
      const { taskToken } = readInput(Token, input);
      const record = find(taskToken, caller, 'SendTaskHeartbeat');
      tokens.update(taskToken, { heartbeats: record.heartbeats + 1 });
      return {};
    },
  };
}

function readOutput(output: string): unknown {
  if (Buffer.byteLength(output) > MAX_STATE_BYTES) {
    throw new AwsError('InvalidOutput', `Invalid Output: longer than ${MAX_STATE_BYTES} bytes`);
  }
  try {
    return JSON.parse(output);
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: ${String(error)}`);
  }
}
