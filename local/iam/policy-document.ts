import { isRecord } from '../assembly/template.ts';
import { asList } from './as-list.ts';
import { type Condition, parseConditions } from './conditions.ts';

/** One statement, checked and normalized: lists instead of single values. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: { readonly matches: boolean; readonly patterns: readonly string[] };
  readonly resources: { readonly matches: boolean; readonly patterns: readonly string[] };
  readonly conditions: readonly Condition[];
}

/**
 * Reads an identity-based policy document.
 *
 * @param where names the policy for errors
 * @throws Error for anything the laptop region would have to guess about
 */
export function parsePolicyDocument(document: unknown, where: string): readonly Statement[] {
  if (!isRecord(document)) throw new Error(`${where}: a policy document is an object, got ${JSON.stringify(document)}`);
  return asList(document['Statement']).map((statement, index) =>
    parseStatement(statement, `${where}, statement ${index}`),
  );
}

const STATEMENT_MEMBERS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

function parseStatement(statement: unknown, where: string): Statement {
  if (!isRecord(statement)) throw new Error(`${where}: a statement is an object, got ${JSON.stringify(statement)}`);
  const unknown = Object.keys(statement).filter((member) => !STATEMENT_MEMBERS.has(member));
  if (unknown.length > 0) throw new Error(`${where}: an identity-based policy has no ${unknown.join(', ')}`);
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new Error(`${where}: Effect must be Allow or Deny, got ${JSON.stringify(effect)}`);
  }
  return {
    effect,
    actions: patterns(statement, 'Action', 'NotAction', where),
    resources: patterns(statement, 'Resource', 'NotResource', where),
    conditions: parseConditions(statement['Condition'], where),
  };
}

function patterns(statement: Readonly<Record<string, unknown>>, positive: string, negative: string, where: string) {
  if (positive in statement === negative in statement)
    throw new Error(`${where}: needs either ${positive} or ${negative}`);
  const member = positive in statement ? positive : negative;
  const values = asList(statement[member]).map((value) => {
    if (typeof value !== 'string' || value === '') {
      throw new Error(`${where}: ${member} holds text, got ${JSON.stringify(value)}`);
    }
    if (value.includes('${')) throw new Error(`${where}: policy variables are not supported, got "${value}"`);
    return value;
  });
  if (values.length === 0) throw new Error(`${where}: ${member} is empty`);
  return { matches: member === positive, patterns: values };
}
