import { AwsError, type Caller } from '../service.ts';
import type { Decision } from './evaluate.ts';

/** Services whose access-denied error is not `AccessDeniedException` with status 400. */
const REFUSALS: Readonly<Record<string, readonly [code: string, status: number]>> = {
  s3: ['AccessDenied', 403],
  sts: ['AccessDenied', 403],
  sns: ['AuthorizationError', 403],
  lambda: ['AccessDeniedException', 403],
  scheduler: ['AccessDeniedException', 403],
  'execute-api': ['AccessDeniedException', 403],
};

/** What the service of `action` (`s3:GetObject`) answers to a caller without the right. */
export function accessDenied(
  caller: Caller,
  action: string,
  resource: string,
  decision: Exclude<Decision, 'allowed'>,
): AwsError {
  const [code, status] = REFUSALS[action.split(':')[0]!] ?? ['AccessDeniedException', 400];
  const because =
    decision === 'denied-explicitly'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return new AwsError(
    code,
    `User: ${caller.principalArn} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
    status,
  );
}
