import type { Caller, ProvisionedResource, Region } from '../service.ts';
import type { ResolveScope } from './intrinsics.ts';
import type { Stack } from './template.ts';

/** What has come up so far, over all stacks. */
export interface Provisioned {
  /** By stack name, then logical id. */
  readonly resources: Map<string, Map<string, ProvisionedResource>>;
  /** By stack name, then output name. */
  readonly outputs: Map<string, Map<string, string>>;
  readonly exports: Map<string, string>;
}

/** `cdk bootstrap` keeps its version in this kind of SSM parameter; a laptop needs no bootstrap stack. */
const BOOTSTRAP_VERSION_PARAMETER = /^\/cdk-bootstrap\/[^/]+\/version$/;
const BOOTSTRAP_VERSION = '999';

/** The scope in which the intrinsic functions of `stack` are resolved. */
export async function makeStackScope(
  stack: Stack,
  region: Region,
  person: Caller,
  provisioned: Provisioned,
): Promise<ResolveScope> {
  const resources = new Map<string, ProvisionedResource>();
  provisioned.resources.set(stack.name, resources);
  return {
    stackName: stack.name,
    template: stack.template,
    pseudoParameters: {
      'AWS::AccountId': region.accountId,
      'AWS::Region': region.regionName,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack.name,
      'AWS::StackId': stackArn(region, stack.name),
    },
    parameters: await readParameters(stack, region, person),
    ref: (logicalId) => resources.get(logicalId)?.ref,
    attribute: (logicalId, name) => resources.get(logicalId)?.attributes?.[name],
    exported: (name) => provisioned.exports.get(name),
    stackOutput: (stackName, outputName) => provisioned.outputs.get(stackName)?.get(outputName),
  };
}

export function stackArn(region: Region, stackName: string): string {
  return `arn:aws:cloudformation:${region.regionName}:${region.accountId}:stack/${stackName}/local`;
}

async function readParameters(stack: Stack, region: Region, person: Caller): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(stack.template.Parameters ?? {})) {
    if (parameter.Default === undefined) {
      throw new Error(
        `stack ${stack.name}, parameter ${name}: it has no default, and a laptop region has nobody to ask for a value`,
      );
    }
    values[name] = parameter.Type.startsWith('AWS::SSM::Parameter::Value<')
      ? await readSsmParameter(String(parameter.Default), region, person)
      : String(parameter.Default);
  }
  return values;
}

async function readSsmParameter(name: string, region: Region, person: Caller): Promise<string> {
  if (BOOTSTRAP_VERSION_PARAMETER.test(name)) return BOOTSTRAP_VERSION;
  const answer = await region.invoke('ssm', 'GetParameter', { Name: name }, person);
  return String((answer['Parameter'] as { Value?: unknown } | undefined)?.Value); // shape of the SSM API
}
