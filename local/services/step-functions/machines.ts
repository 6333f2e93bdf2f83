import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, type Caller, type Operation, type Region } from '../../service.ts';
import { page } from '../page.ts';
import { readInput } from '../read-document.ts';
import type { Definition, Scope } from './asl-schema.ts';
import type { ExecutionEngine } from './execution-engine.ts';
import { parseDefinition } from './parse-definition.ts';
import type { MachineRecord } from './records.ts';
import { managedRuleOf } from './sync-job.ts';
import { parseTaskResource } from './task-resource.ts';

const MACHINES = 'machines';

export interface MachineSettings {
  readonly name: string;
  readonly roleArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly definition: string;
  readonly loggingConfiguration?: unknown;
  readonly tracingConfiguration?: unknown;
}

/** The state machines of the region. */
export class Machines {
  readonly #region: Region;
  readonly #engine: ExecutionEngine;

  constructor(region: Region, engine: ExecutionEngine) {
    this.#region = region;
    this.#engine = engine;
  }

  /** @throws AwsError `InvalidDefinition`, or `AccessDeniedException` when the role may not have jobs watched */
  put(settings: MachineSettings): MachineRecord {
    const definition = parseDefinition(settings.definition);
    this.#checkManagedRules(definition, settings.roleArn);
    const { definition: text, ...rest } = settings;
    const arn = `arn:aws:states:${this.#region.regionName}:${this.#region.accountId}:stateMachine:${settings.name}`;
    const definitionDigest = createHash('sha256').update(text).digest('hex');
    const store = this.#region.store('states');
    const before = store.get<MachineRecord>(MACHINES, arn);
    if (before !== undefined && before.type !== settings.type) {
      throw new AwsError('StateMachineAlreadyExists', `the type of ${arn} cannot change from ${before.type}`);
    }
    const machine: MachineRecord = {
      ...rest,
      arn,
      definitionDigest,
      createdAtMs: before?.createdAtMs ?? this.#region.clock.now().getTime(),
      revisionId: before?.definitionDigest === definitionDigest ? before.revisionId : randomUUID(),
    };
    store.atomically(() => {
      this.#engine.saveDefinition(definitionDigest, text);
      store.put(MACHINES, arn, machine);
    });
    return machine;
  }

  /** What runs goes on to its end; nothing can be started any more. */
  remove(arn: string): void {
    this.#region.store('states').delete(MACHINES, arn);
  }

  /** @throws AwsError `StateMachineDoesNotExist` */
  byArn(arn: string): MachineRecord {
    const machine = this.#region.store('states').get<MachineRecord>(MACHINES, arn);
    if (machine === undefined) {
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    }
    return machine;
  }

  operations(): Readonly<Record<string, Operation>> {
    return {
      DescribeStateMachine: async (input, caller) => {
        const { stateMachineArn } = readInput(z.object({ stateMachineArn: z.string() }), input);
        this.#region.authorize(caller, 'states:DescribeStateMachine', stateMachineArn);
        return this.#describe(this.byArn(stateMachineArn));
      },
      ListStateMachines: async (input, caller) => {
        const schema = z.object({
          maxResults: z.number().int().min(0).max(1000).optional(),
          nextToken: z.string().optional(),
        });
        const request = readInput(schema, input);
        this.#region.authorize(caller, 'states:ListStateMachines', '*');
        const all = this.#region.store('states').list<MachineRecord>(MACHINES);
        const { items, nextToken } = page(all, request.maxResults || 100, request.nextToken, 'InvalidToken');
        return {
          stateMachines: items.map(({ value }) => summary(value)),
          ...(nextToken === undefined ? {} : { nextToken }),
        };
      },
    };
  }

  #describe(machine: MachineRecord): object {
    return {
      ...summary(machine),
      status: 'ACTIVE',
      definition: this.#engine.definitionText(machine.definitionDigest),
      roleArn: machine.roleArn,
      loggingConfiguration: machine.loggingConfiguration,
      tracingConfiguration: machine.tracingConfiguration,
      revisionId: machine.revisionId,
    };
  }

  /** AWS makes a rule that tells a machine of its jobs' ends, and refuses the machine if its role may not. */
  #checkManagedRules(definition: Definition, roleArn: string): void {
    const caller: Caller = this.#region.callerForRole(roleArn);
    for (const rule of managedRules(definition)) {
      const arn = `arn:aws:events:${this.#region.regionName}:${this.#region.accountId}:rule/${rule}`;
      for (const action of ['events:PutTargets', 'events:PutRule', 'events:DescribeRule']) {
        try {
          this.#region.authorize(caller, action, arn);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new AwsError(
            'AccessDeniedException',
            `'${roleArn}' is not authorized to create managed-rule. ${reason}`,
          );
        }
      }
    }
  }
}

function managedRules(scope: Scope, found = new Set<string>()): Set<string> {
  for (const state of scope.states.values()) {
    if (state.Type === 'Task') {
      const rule = managedRuleOf(parseTaskResource(state.Resource));
      if (rule !== undefined) found.add(rule);
    }
    if (state.Type === 'Parallel') for (const branch of state.branches) managedRules(branch, found);
    if (state.Type === 'Map') managedRules(state.processor, found);
  }
  return found;
}

function summary(machine: MachineRecord): object {
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    type: machine.type,
    creationDate: machine.createdAtMs / 1000,
  };
}
