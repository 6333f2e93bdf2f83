import * as z from 'zod';
import { matchesArn } from '../../iam/wildcard.ts';
import type { ProvisionedResource, ResourceRequest } from '../../service.ts';
import { readProperties } from '../read-document.ts';
import type { Functions } from './functions.ts';

const PermissionProperties = z.strictObject({
  Action: z.enum(['lambda:InvokeFunction', 'lambda:*']),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

interface Permission {
  readonly functionName: string;
  readonly principal: string;
  readonly sourceArn?: string;
}

/** Resource-based policies of functions: which AWS service may invoke which function, on behalf of what. */
export interface Permissions {
  provision(request: ResourceRequest): Promise<ProvisionedResource>;
  /** Whether a service (`apigateway.amazonaws.com`) may invoke the function for the resource with this ARN. */
  allows(functionName: string, servicePrincipal: string, sourceArn: string): boolean;
}

export function makePermissions(functions: Functions): Permissions {
  const permissions: Permission[] = [];
  return {
    provision: async (request) => {
      const properties = readProperties(PermissionProperties, request, 'AWS::Lambda::Permission');
      permissions.push({
        functionName: functions.find(properties.FunctionName).definition.name,
        principal: properties.Principal,
        ...(properties.SourceArn === undefined ? {} : { sourceArn: properties.SourceArn }),
      });
      return { ref: request.generatedName, attributes: { Id: request.generatedName } };
    },
    allows: (functionName, servicePrincipal, sourceArn) =>
      permissions.some(
        (permission) =>
          permission.functionName === functionName &&
          permission.principal === servicePrincipal &&
          (permission.sourceArn === undefined || matchesArn(permission.sourceArn, sourceArn)),
      ),
  };
}
