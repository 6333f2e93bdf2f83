import type { Template } from 'aws-cdk-lib/assertions';
import { plainText, resourcesOf, type TemplateResource } from './synth.ts';

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Statements of the one policy inside each role, by the role's logical id without CDK's hash. */
export function rolePolicies(template: Template): ReadonlyMap<string, readonly Statement[]> {
  return new Map(
    resourcesOf(template, 'AWS::IAM::Role').map(([id, role]) => [
      id.replace(/(AccessRole|Role)[0-9A-F]{8}$/, ''),
      statementsOf(role),
    ]),
  );
}

/** Actions of a role in order, without those that every one of its kind has. */
export function actionsOf(statements: readonly Statement[], besides: readonly string[] = []): readonly string[] {
  const actions = statements.flatMap((statement) => [statement.Action].flat());
  return [...new Set(actions)].filter((action) => !besides.includes(action)).sort();
}

/** Resources of a statement as text. */
export function resourcesIn(statement: Statement): readonly string[] {
  return [statement.Resource].flat().map(plainText);
}

function statementsOf(role: TemplateResource): readonly Statement[] {
  const policies = role.Properties['Policies'] as
    | readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[]
    | undefined; // shape of the resource type
  return (policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}
