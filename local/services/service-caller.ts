import { AwsError, type Caller } from '../service.ts';

/**
 * An AWS service that acts by itself, not with a role: EventBridge that publishes to a topic, a topic that sends to a
 * queue. What it may do stands in the policy of the resource it calls.
 */
export function serviceCaller(principal: `${string}.amazonaws.com`, sourceArn: string): Caller {
  return { accessKeyId: sourceArn, principalArn: principal };
}

/** The service behind a call and the resource it acts for; undefined for roles and the person. */
export function callingService(caller: Caller): { readonly principal: string; readonly sourceArn: string } | undefined {
  if (caller.roleArn !== undefined || !caller.principalArn.endsWith('.amazonaws.com')) return undefined;
  return { principal: caller.principalArn, sourceArn: caller.accessKeyId };
}

export function refuseService(caller: Caller, action: string, resource: string): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `${caller.principalArn} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`,
    403,
  );
}
