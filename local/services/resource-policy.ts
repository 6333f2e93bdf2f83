import { isRecord } from '../assembly/template.ts';
import { asList } from '../iam/as-list.ts';
import { evaluate } from '../iam/evaluate.ts';
import { parsePolicyDocument } from '../iam/policy-document.ts';
import type { Caller } from '../service.ts';
import { callingService } from './service-caller.ts';

/**
 * Whether the policy of a topic, queue or key lets an AWS service act on it.
 *
 * @param policy document as in the template
 * @param accountId the owner, for conditions on `aws:SourceAccount`
 */
export function policyLetsServiceIn(
  policy: unknown,
  caller: Caller,
  action: string,
  resource: string,
  accountId: string,
): boolean {
  const service = callingService(caller);
  if (service === undefined || !isRecord(policy)) return false;
  const statements = asList(policy['Statement']).filter(isRecord);
  const own = statements.filter((statement) => namesService(statement['Principal'], service.principal));
  const withoutPrincipal = own.map(({ Principal: _principal, ...statement }) => statement);
  return (
    evaluate(parsePolicyDocument({ Statement: withoutPrincipal }, `policy of ${resource}`), action, resource, {
      'aws:SourceArn': service.sourceArn,
      'aws:SourceAccount': accountId,
      'aws:SecureTransport': 'true', // the loopback stands in for TLS
    }) === 'allowed'
  );
}

/** Whether a statement of the policy gives the account itself the action, as key policies do to let IAM decide. */
export function policyLetsAccountIn(policy: unknown, action: string, accountId: string): boolean {
  if (!isRecord(policy)) return false;
  const root = `arn:aws:iam::${accountId}:root`;
  const own = asList(policy['Statement'])
    .filter(isRecord)
    .filter(({ Principal: principal }) =>
      isRecord(principal) ? asList(principal['AWS']).some((aws) => aws === root || aws === '*') : principal === '*',
    );
  const statements = own.map(({ Principal: _principal, ...statement }) => statement);
  return evaluate(parsePolicyDocument({ Statement: statements }, 'key policy'), action, '*', {}) === 'allowed';
}

/** Whether a statement names this very role and allows the action. */
export function policyLetsRoleIn(policy: unknown, roleArn: string, action: string): boolean {
  if (!isRecord(policy)) return false;
  const own = asList(policy['Statement'])
    .filter(isRecord)
    .filter(({ Principal: principal }) => isRecord(principal) && asList(principal['AWS']).includes(roleArn));
  const statements = own.map(({ Principal: _principal, ...statement }) => statement);
  return evaluate(parsePolicyDocument({ Statement: statements }, 'key policy'), action, '*', {}) === 'allowed';
}

function namesService(principal: unknown, service: string): boolean {
  if (principal === '*') return true;
  if (!isRecord(principal)) return false;
  return asList(principal['Service']).includes(service) || asList(principal['AWS']).includes('*');
}
