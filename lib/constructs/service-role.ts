import { Aws } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Grant, statementOf } from '../permissions/grant.ts';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';

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
    acknowledgeWildcards(this.role, props.grants);
  }
}
