import { Stack, Validations } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Grant } from '../permissions/grant.ts';

/**
 * Tells cdk-nag why each wildcard in a role's policy is there, one finding at a time: a wildcard that nobody gave a
 * reason for is still found.
 *
 * @throws Error when a grant has a wildcard and no reason
 */
export function acknowledgeWildcards(role: Role, grants: readonly Grant[]): void {
  for (const { actions, resources, because } of grants) {
    for (const resource of resources) {
      const text = asText(Stack.of(role).resolve(resource));
      if (!text.includes('*')) continue;
      if (because === undefined) {
        throw new Error(`${role.node.path}: ${actions.join(', ')} on ${text} has a wildcard and has to say why`);
      }
      Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${text}]`, reason: because });
    }
  }
}

/** A resource as cdk-nag writes it in the id of a finding. */
function asText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  switch (name) {
    case 'Fn::Join': {
      const [, parts] = argument as readonly [string, readonly unknown[]]; // as CloudFormation defines it
      return parts.map(asText).join('');
    }
    case 'Fn::GetAtt':
      return `<${(argument as readonly string[]).join('.')}>`; // as CloudFormation defines it
    case 'Ref':
      return `<${String(argument)}>`;
    default:
      return JSON.stringify(value);
  }
}
