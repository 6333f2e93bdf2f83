import { isConditionMet, type RequestContext } from './conditions.ts';
import type { Statement } from './policy-document.ts';
import { matchesWildcard } from './wildcard.ts';

export type Decision = 'allowed' | 'denied-explicitly' | 'denied-implicitly';

/** IAM's rule for identity-based policies: a Deny wins, then an Allow, and nothing said is a no. */
export function evaluate(
  statements: readonly Statement[],
  action: string,
  resource: string,
  context: RequestContext,
): Decision {
  const keys = Object.fromEntries(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  const applying = statements.filter((statement) => applies(statement, action, resource, keys));
  if (applying.some((statement) => statement.effect === 'Deny')) return 'denied-explicitly';
  return applying.length > 0 ? 'allowed' : 'denied-implicitly';
}

function applies(statement: Statement, action: string, resource: string, context: RequestContext): boolean {
  const { actions, resources, conditions } = statement;
  return (
    actions.patterns.some((pattern) => matchesWildcard(pattern, action, 'i')) === actions.matches &&
    resources.patterns.some((pattern) => matchesWildcard(pattern, resource)) === resources.matches &&
    conditions.every((condition) => isConditionMet(condition, context))
  );
}
