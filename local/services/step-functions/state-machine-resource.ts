import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { ResourceRequest, ResourceType } from '../../service.ts';
import { readProperties, templateTags } from '../read-document.ts';
import type { Machines } from './machines.ts';

const TYPE = 'AWS::StepFunctions::StateMachine';

const Properties = z.strictObject({
  StateMachineName: z.string().optional(),
  StateMachineType: z.enum(['STANDARD', 'EXPRESS']).default('STANDARD'),
  RoleArn: z.string(),
  DefinitionString: z.string().optional(),
  Definition: z.record(z.string(), z.unknown()).optional(),
  DefinitionS3Location: z
    .strictObject({ Bucket: z.string(), Key: z.string(), Version: z.string().optional() })
    .optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  LoggingConfiguration: z.unknown().optional(),
  TracingConfiguration: z.unknown().optional(),
  Tags: templateTags,
});

/** Brings up `AWS::StepFunctions::StateMachine`. */
export function stateMachineResource(machines: Machines): ResourceType {
  return {
    provision: async (request) => {
      const properties = readProperties(Properties, request, TYPE);
      const machine = machines.put({
        name: properties.StateMachineName ?? request.generatedName,
        roleArn: properties.RoleArn,
        type: properties.StateMachineType,
        definition: substitute(definitionText(properties, request), properties.DefinitionSubstitutions, request),
        loggingConfiguration: properties.LoggingConfiguration,
        tracingConfiguration: properties.TracingConfiguration,
      });
      return {
        ref: machine.arn,
        attributes: { Arn: machine.arn, Name: machine.name, StateMachineRevisionId: machine.revisionId },
      };
    },
    remove: async ({ ref }) => machines.remove(ref),
  };
}

function definitionText(properties: z.infer<typeof Properties>, request: ResourceRequest): string {
  if (properties.DefinitionString !== undefined) return properties.DefinitionString;
  if (properties.Definition !== undefined) return JSON.stringify(properties.Definition);
  if (properties.DefinitionS3Location === undefined) {
    throw new Error(`${request.logicalId} (${TYPE}) has no definition`);
  }
  return readAsset(properties.DefinitionS3Location.Key, request);
}

/** An asset lies in the assembly as `asset.<hash>.<ext>`; its S3 key is `<hash>.<ext>`. */
function readAsset(key: string, request: ResourceRequest): string {
  const name = key.split('/').at(-1) ?? key;
  const file = readdirSync(request.assemblyDir).find((entry) => entry === name || entry === `asset.${name}`);
  if (file === undefined) {
    throw new Error(`${request.logicalId} (${TYPE}): no asset.${name} in the assembly at ${request.assemblyDir}`);
  }
  return readFileSync(join(request.assemblyDir, file), 'utf8');
}

/** Replaces `${Name}`; inside JSON text, so the value is escaped as JSON. */
function substitute(
  text: string,
  substitutions: Readonly<Record<string, string | number | boolean>>,
  request: ResourceRequest,
): string {
  const filled = text.replace(/\$\{([A-Za-z0-9_:.]+)\}/g, (placeholder, name: string) => {
    const value = substitutions[name];
    return value === undefined ? placeholder : JSON.stringify(String(value)).slice(1, -1);
  });
  const left = /\$\{[A-Za-z0-9_:.]+\}/.exec(filled)?.[0];
  if (left !== undefined) {
    throw new Error(
      `${request.logicalId} (${TYPE}): the definition uses ${left}, which DefinitionSubstitutions lacks; known: ${Object.keys(substitutions).join(', ')}`,
    );
  }
  return filled;
}
