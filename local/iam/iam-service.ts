import { isRecord } from '../assembly/template.ts';
import {
  AwsError,
  type Caller,
  type LocalService,
  type ProvisionedResource,
  type ResourceRequest,
} from '../service.ts';
import { asList } from './as-list.ts';
import type { RequestContext } from './conditions.ts';
import { type Credentials, PERSON_CREDENTIALS, personCaller, roleCredentials } from './credentials.ts';
import { evaluate } from './evaluate.ts';
import { awsManagedPolicy } from './managed-policies.ts';
import { parsePolicyDocument, type Statement } from './policy-document.ts';
import { accessDenied } from './refusal.ts';

export interface IamService extends LocalService {
  /** @throws AwsError the service's own access-denied error */
  authorize(caller: Caller, action: string, resource: string, context?: RequestContext): void;
  /** @throws AwsError `NoSuchEntity` when no such role was provisioned */
  callerForRole(roleArn: string): Caller;
  credentialsForRole(roleArn: string): Credentials;
  /** Caller and secret of an access key; undefined for a key nobody has. */
  findAccessKey(accessKeyId: string): { readonly caller: Caller; readonly secretAccessKey: string } | undefined;
  /** Whether the role's trust policy lets this service (`lambda.amazonaws.com`) act with it. */
  trusts(roleArn: string, servicePrincipal: string): boolean;
}

interface Role {
  readonly arn: string;
  readonly caller: Caller;
  readonly credentials: Credentials;
  readonly trustedServices: readonly string[];
  /** By policy name, so that provisioning twice replaces. */
  readonly policies: Map<string, readonly Statement[]>;
}

/** Roles and policies live in memory: every start provisions all of them from the templates again. */
export function makeIamService(region: { readonly accountId: string; readonly regionName: string }): IamService {
  const roles = new Map<string, Role>();
  const byAccessKey = new Map<string, Role>();
  const managedPolicies = new Map<string, unknown>();
  /** Role ARN and policy name of those that came with a resource of their own. */
  const attachedPolicies = new Set<string>();
  const person = personCaller(region.accountId);

  const roleByName = (name: string): Role => {
    const role = [...roles.values()].find(({ arn }) => arn.endsWith(`/${name}`));
    if (role === undefined) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
    return role;
  };
  const roleByArn = (arn: string): Role => {
    const role = roles.get(arn);
    if (role === undefined) throw new AwsError('NoSuchEntity', `The role ${arn} cannot be found.`, 404);
    return role;
  };
  const attachManaged = (role: Role, arn: string) => {
    const document = managedPolicies.get(arn) ?? awsManagedPolicy(arn);
    role.policies.set(arn, parsePolicyDocument(document, `policy ${arn}`));
  };

  const provisionRole = async (request: ResourceRequest): Promise<ProvisionedResource> => {
    const { properties } = request;
    if (properties['PermissionsBoundary'] !== undefined) {
      throw new Error('permission boundaries are not supported by the laptop region');
    }
    const name = String(properties['RoleName'] ?? request.generatedName);
    const arn = `arn:aws:iam::${region.accountId}:role${properties['Path'] ?? '/'}${name}`;
    const credentials = roleCredentials(arn);
    const caller = {
      accessKeyId: credentials.accessKeyId,
      principalArn: `arn:aws:sts::${region.accountId}:assumed-role/${name}/local`,
      roleArn: arn,
    };
    const trustedServices = servicesIn(properties['AssumeRolePolicyDocument']);
    // policies that other resources attached stay with a role that is provisioned again
    const attached = [...(roles.get(arn)?.policies ?? [])].filter(([name]) => attachedPolicies.has(`${arn} ${name}`));
    const role: Role = { arn, caller, credentials, trustedServices, policies: new Map(attached) };
    for (const policy of asList(properties['Policies'])) {
      if (!isRecord(policy)) throw new Error(`Policies holds objects, got ${JSON.stringify(policy)}`);
      const policyName = String(policy['PolicyName']);
      role.policies.set(policyName, parsePolicyDocument(policy['PolicyDocument'], `policy ${policyName}`));
    }
    for (const managedArn of asList(properties['ManagedPolicyArns'])) attachManaged(role, String(managedArn));
    roles.set(arn, role);
    byAccessKey.set(credentials.accessKeyId, role);
    return { ref: name, attributes: { Arn: arn, RoleId: `AROA${credentials.accessKeyId.slice(4)}` } };
  };

  const provisionPolicy = async ({ properties, generatedName }: ResourceRequest): Promise<ProvisionedResource> => {
    refusePrincipalsOtherThanRoles(properties);
    const name = String(properties['PolicyName']);
    const statements = parsePolicyDocument(properties['PolicyDocument'], `policy ${name}`);
    for (const roleName of asList(properties['Roles'])) {
      const role = roleByName(String(roleName));
      role.policies.set(name, statements);
      attachedPolicies.add(`${role.arn} ${name}`);
    }
    return { ref: generatedName, attributes: { Id: generatedName } };
  };

  const provisionManagedPolicy = async (request: ResourceRequest): Promise<ProvisionedResource> => {
    const { properties } = request;
    refusePrincipalsOtherThanRoles(properties);
    const name = String(properties['ManagedPolicyName'] ?? request.generatedName);
    const arn = `arn:aws:iam::${region.accountId}:policy${properties['Path'] ?? '/'}${name}`;
    parsePolicyDocument(properties['PolicyDocument'], `policy ${name}`);
    managedPolicies.set(arn, properties['PolicyDocument']);
    for (const role of asList(properties['Roles'])) attachManaged(roleByName(String(role)), arn);
    return { ref: arn, attributes: { PolicyArn: arn } };
  };

  return {
    signingNames: ['iam'],
    resources: {
      'AWS::IAM::Role': {
        provision: provisionRole,
        remove: async ({ attributes }) => void roles.delete(attributes?.['Arn'] ?? ''),
      },
      'AWS::IAM::Policy': {
        provision: provisionPolicy,
        remove: async ({ properties }) => {
          const name = String(properties['PolicyName']);
          for (const role of roles.values()) {
            if (attachedPolicies.delete(`${role.arn} ${name}`)) role.policies.delete(name);
          }
        },
      },
      'AWS::IAM::ManagedPolicy': { provision: provisionManagedPolicy },
    },
    authorize: (caller, action, resource, context = {}) => {
      if (caller.principalArn === person.principalArn) return;
      // an AWS service that acts for itself has no policies of its own; the called resource's policy must let it in
      if (caller.roleArn === undefined) throw accessDenied(caller, action, resource, 'denied-implicitly');
      const role = roleByArn(caller.roleArn);
      const decision = evaluate([...role.policies.values()].flat(), action, resource, {
        'aws:PrincipalArn': caller.roleArn,
        'aws:PrincipalAccount': region.accountId,
        'aws:ResourceAccount': region.accountId,
        'aws:RequestedRegion': region.regionName,
        'aws:SecureTransport': 'true', // the loopback stands in for TLS
        ...context,
      });
      if (decision !== 'allowed') throw accessDenied(caller, action, resource, decision);
    },
    callerForRole: (roleArn) => roleByArn(roleArn).caller,
    credentialsForRole: (roleArn) => roleByArn(roleArn).credentials,
    trusts: (roleArn, servicePrincipal) => roleByArn(roleArn).trustedServices.includes(servicePrincipal),
    findAccessKey: (accessKeyId) => {
      if (accessKeyId === PERSON_CREDENTIALS.accessKeyId) {
        return { caller: person, secretAccessKey: PERSON_CREDENTIALS.secretAccessKey };
      }
      const role = byAccessKey.get(accessKeyId);
      return role && { caller: role.caller, secretAccessKey: role.credentials.secretAccessKey };
    },
  };
}

function refusePrincipalsOtherThanRoles(properties: Readonly<Record<string, unknown>>): void {
  for (const member of ['Users', 'Groups']) {
    if (asList(properties[member]).length > 0)
      throw new Error(`${member} are not supported: the region has roles only`);
  }
}

/** Service principals that a trust policy lets assume the role. */
function servicesIn(trustPolicy: unknown): string[] {
  if (!isRecord(trustPolicy)) throw new Error('AssumeRolePolicyDocument is missing');
  return asList(trustPolicy['Statement']).flatMap((statement) => {
    if (!isRecord(statement) || statement['Effect'] !== 'Allow' || !isRecord(statement['Principal'])) return [];
    return asList(statement['Principal']['Service']).map(String);
  });
}
