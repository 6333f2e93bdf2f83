import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Actions a role may do on resources, and nothing beside. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why a resource has a wildcard; a grant with one and without a reason stops synth. */
  readonly because?: string;
}

export interface GrantOptions {
  readonly because?: string;
  readonly conditions?: Grant['conditions'];
}

export function allow(
  actions: string | readonly string[],
  resources: string | readonly string[],
  options: GrantOptions = {},
): Grant {
  return { actions: [actions].flat(), resources: [resources].flat(), ...options };
}

export function statementOf(grant: Grant): PolicyStatement {
  return new PolicyStatement({
    actions: [...grant.actions],
    resources: [...grant.resources],
    ...(grant.conditions === undefined ? {} : { conditions: grant.conditions }),
  });
}
