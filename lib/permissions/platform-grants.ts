import type { Flow } from '../../contracts/flows.ts';
import { allow, type Grant } from './grant.ts';
import type { PlatformResources } from './resources.ts';
import { listBucket, readObjects } from './storage-grants.ts';

export function startFlow(to: PlatformResources, flow: Flow): Grant {
  return allow('states:StartExecution', to.machines[flow]);
}

export function wakeFlow(to: PlatformResources, flow: Flow): Grant {
  return allow('states:SendTaskSuccess', to.machines[flow]);
}

export function describeExecutions(to: PlatformResources, flows: readonly Flow[]): Grant {
  const executions = flows.map((flow) => to.executions[flow]);
  return allow(['states:DescribeExecution', 'states:GetExecutionHistory'], executions, {
    because: 'the wildcard stands for the executions of one of the platform’s own state machines',
  });
}

export function readTrainingSets(to: PlatformResources): readonly Grant[] {
  return [readObjects(to.artifactBucket, 'training-set/'), listBucket(to.artifactBucket)];
}

export function readReleases(to: PlatformResources): readonly Grant[] {
  return [readObjects(to.artifactBucket, 'release/'), listBucket(to.artifactBucket)];
}
