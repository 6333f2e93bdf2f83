import type { CheckEndpointRequest } from '../../../contracts/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelHostingPort } from '../../ports/model-hosting.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { type EndpointContentDeps, endpointContent } from './endpoint-content.ts';

export interface CheckEndpointDeps extends EndpointContentDeps {
  readonly registry: ModelRegistry;
  readonly hosting: ModelHostingPort;
  readonly clock: Clock;
}

export interface EndpointCheck {
  readonly state: 'in-service' | 'changing' | 'failed';
  /** Empty unless it failed. */
  readonly because: string;
}

/** Whether the step's content is in service; a change that outlasts the model's own limit counts as failed. */
export async function checkEndpoint(deps: CheckEndpointDeps, ask: CheckEndpointRequest): Promise<EndpointCheck> {
  const model = await deps.registry.model(ask.model);
  const status = await deps.hosting.status(await endpointContent(deps, model, ask.step.variants));
  switch (status.state) {
    case 'in-service':
      return { state: 'in-service', because: '' };
    case 'changing':
      return isOverdue(await limitMs(deps, ask.releaseId), ask.begunAt, deps.clock.now());
    case 'other-content':
      return {
        state: 'failed',
        because: 'the endpoint went back to what it ran before: the new content did not come into service',
      };
    case 'absent':
      return { state: 'failed', because: `endpoint ${model.endpointName} does not exist` };
    case 'failed':
      return { state: 'failed', because: status.reason };
  }
}

async function limitMs(deps: CheckEndpointDeps, releaseId: string): Promise<number> {
  return (await deps.releases.manifest(releaseId)).model.rollout.inServiceTimeoutMs;
}

function isOverdue(limit: number, begunAt: string, now: Date): EndpointCheck {
  const waitedMs = now.getTime() - Date.parse(begunAt);
  if (waitedMs <= limit) return { state: 'changing', because: '' };
  return {
    state: 'failed',
    because: `the endpoint was not in service after ${waitedMs} ms; the model allows ${limit} ms`,
  };
}
