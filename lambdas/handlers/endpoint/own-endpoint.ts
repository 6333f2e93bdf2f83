import middy from '@middy/core';
import { EndpointResourceEvent } from '../../../contracts/rollout.ts';
import { type OwnEndpointDeps, ownEndpoint } from '../../use-cases/endpoint/own-endpoint.ts';

/** Puts CloudFormation's answer where it asked for it. */
export type Respond = (url: string, body: string) => Promise<void>;

/** CloudFormation waits an hour for an answer that never comes, so every event is answered, whatever happened. */
export function makeOwnEndpoint(deps: OwnEndpointDeps & { readonly respond: Respond }) {
  return middy(async (raw: unknown) => {
    const event = EndpointResourceEvent.parse(raw);
    const { StackId, RequestId, LogicalResourceId } = event;
    const { endpointName } = event.ResourceProperties;
    const answer = {
      PhysicalResourceId: event.PhysicalResourceId ?? endpointName,
      StackId,
      RequestId,
      LogicalResourceId,
    };
    try {
      await ownEndpoint(deps, event);
    } catch (error) {
      const Reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      await deps.respond(event.ResponseURL, JSON.stringify({ ...answer, Status: 'FAILED', Reason }));
      throw error;
    }
    await deps.respond(
      event.ResponseURL,
      JSON.stringify({ ...answer, Status: 'SUCCESS', Data: { EndpointName: endpointName } }),
    );
  });
}
