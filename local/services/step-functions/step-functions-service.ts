import type { LocalService, Region } from '../../service.ts';
import { ExecutionEngine } from './execution-engine.ts';
import { executionOperations } from './execution-operations.ts';
import { Machines } from './machines.ts';
import { stateMachineResource } from './state-machine-resource.ts';
import { taskOperations } from './task-operations.ts';

/**
 * AWS Step Functions on the laptop: JSONata machines, run durably. An execution survives the region being killed at
 * any moment and goes on where it stood.
 */
export function makeStepFunctionsService(region: Region): LocalService {
  const engine = new ExecutionEngine(region, region.store('states'));
  const machines = new Machines(region, engine);
  return {
    signingNames: ['states'],
    operations: {
      ...machines.operations(),
      ...executionOperations(region, machines, engine),
      ...taskOperations(region, engine.tokens),
    },
    resources: { 'AWS::StepFunctions::StateMachine': stateMachineResource(machines) },
    resume: async () => engine.resume(),
    stop: () => engine.stop(),
  };
}
