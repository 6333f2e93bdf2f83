import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Grant, hasWildcard, statementOf } from '../permissions/grant.ts';

export interface ServiceRoleProps {
  /** The service that may act with the role, `lambda.amazonaws.com`. */
  readonly service: string;
  readonly description: string;
  /** All it may do. */
  readonly grants: readonly Grant[];
  /** @default '/' */
  readonly path?: string;
  /**
   * Refuse the service when it acts for another account. Only for services that say for whom they act.
   * @default false
   */
  readonly isForThisAccountOnly?: boolean;
}

/**
 * A role with one policy, inside the role: what uses the role never runs before the policy is there, and no construct
 * can add to it behind our back.
 */
export class ServiceRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const principal = new ServicePrincipal(props.service);
    this.role = new Role(this, 'Role', {
      assumedBy:
        props.isForThisAccountOnly === true
          ? principal.withConditions({ StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } })
          : principal,
      description: props.description,
      path: props.path,
      inlinePolicies: { access: new PolicyDocument({ statements: props.grants.map(statementOf) }) },
    });
    const wildcards = props.grants.filter(hasWildcard);
    const unexplained = wildcards.filter((grant) => grant.because === undefined);
    if (unexplained.length > 0) {
      const actions = unexplained.flatMap((grant) => grant.actions).join(', ');
      throw new Error(`${this.node.path}: a grant with a wildcard has to say why: ${actions}`);
    }
    if (wildcards.length > 0) {
      const reasons = [...new Set(wildcards.map((grant) => grant.because))].join('; ');
      Validations.of(this.role).acknowledge({ id: 'AwsSolutions-IAM5', reason: reasons });
    }
  }
}
