import { isDeepStrictEqual } from 'node:util';
import type { Caller, ProvisionedResource, Region, RemovedResource, ResourceType } from '../service.ts';
import type { JsonStore } from '../state/json-store.ts';
import { type CustomResources, isCustomResource } from './custom-resource.ts';
import { generatedName } from './generated-name.ts';
import { type ResolveScope, resolveCondition, resolveValue } from './intrinsics.ts';
import { type Assembly, inDependencyOrder } from './read-assembly.ts';
import { referencesOf } from './references.ts';
import { makeStackScope, type Provisioned } from './stack-scope.ts';
import type { Stack, TemplateResource } from './template.ts';
import { TYPES_WITHOUT_EFFECT } from './types-without-effect.ts';

export interface ProvisionDeps {
  readonly region: Region;
  readonly person: Caller;
  readonly resourceTypes: ReadonlyMap<string, ResourceType>;
  readonly customResources: CustomResources;
  /** Remembers what is up, so that the next start sees what changed and what left the templates. */
  readonly store: JsonStore;
  readonly onProgress: (line: string) => void;
  /** Leaves resources alone that this process has brought up and whose properties are what they were. @default false */
  readonly keepUnchanged?: boolean;
}

/** A resource as the last start left it. */
interface ResourceRecord extends RemovedResource {
  readonly type: string;
  readonly deletionPolicy?: string;
  /** Place in the order of provisioning; deletion goes the other way. */
  readonly order: number;
}

const RECORDS = 'resource';

/** Stack outputs by stack name, then output name. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Brings every resource of the assembly up, in the order of their references, then removes what earlier starts
 * brought up and no stack has any more.
 *
 * @throws Error naming stack, logical id and type when a resource can not be brought up
 */
export async function provisionAssembly(assembly: Assembly, deps: ProvisionDeps): Promise<StackOutputs> {
  const provisioned: Provisioned = { resources: new Map(), outputs: new Map(), exports: new Map() };
  const current = new Set<string>();
  for (const stack of assembly.stacks) refuseUnknownTypes(stack, deps);
  for (const stack of assembly.stacks) {
    const scope = await makeStackScope(stack, deps.region, deps.person, provisioned);
    await provisionStack(stack, scope, assembly, deps, provisioned, current);
  }
  await removeLeftovers(current, deps);
  return Object.fromEntries([...provisioned.outputs].map(([stack, outputs]) => [stack, Object.fromEntries(outputs)]));
}

function refuseUnknownTypes(stack: Stack, deps: ProvisionDeps): void {
  const unknown = Object.entries(stack.template.Resources ?? {})
    .filter(([, { Type: type }]) => !isCustomResource(type) && !(type in TYPES_WITHOUT_EFFECT))
    .filter(([, { Type: type }]) => !deps.resourceTypes.has(type))
    .map(([logicalId, { Type: type }]) => `${logicalId} (${type})`);
  if (unknown.length > 0) {
    throw new Error(`stack ${stack.name}: the laptop region has no stand-in for ${unknown.join(', ')}`);
  }
}

async function provisionStack(
  stack: Stack,
  scope: ResolveScope,
  assembly: Assembly,
  deps: ProvisionDeps,
  provisioned: Provisioned,
  current: Set<string>,
): Promise<void> {
  const resources = stack.template.Resources ?? {};
  const up = provisioned.resources.get(stack.name)!;
  const order = inDependencyOrder(
    Object.keys(resources),
    (logicalId) => referencesOf(resources[logicalId]!),
    `stack ${stack.name}`,
  );
  deps.onProgress(`stack ${stack.name}: ${order.length} resources`);
  for (const logicalId of order) {
    const resource = resources[logicalId]!;
    if (resource.Type in TYPES_WITHOUT_EFFECT) continue;
    if (resource.Condition !== undefined && !resolveCondition(resource.Condition, scope)) continue;
    const where = `resource ${logicalId} (${resource.Type})`;
    const properties = resolveValue(resource.Properties ?? {}, scope, where) as Record<string, unknown>; // a map stays one
    try {
      const made = await bringUp(stack.name, logicalId, resource, properties, assembly, deps);
      up.set(logicalId, made);
      remember(stack.name, logicalId, resource, properties, made, current, deps.store);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`stack ${stack.name}, ${where}: ${message}`, { cause: error });
    }
  }
  const outputs = new Map<string, string>();
  provisioned.outputs.set(stack.name, outputs);
  for (const [name, output] of Object.entries(stack.template.Outputs ?? {})) {
    if (output.Condition !== undefined && !resolveCondition(output.Condition, scope)) continue;
    const value = String(resolveValue(output.Value, scope, `output ${name}`));
    outputs.set(name, value);
    if (output.Export === undefined) continue;
    provisioned.exports.set(String(resolveValue(output.Export.Name, scope, `output ${name}`)), value);
  }
}

function bringUp(
  stackName: string,
  logicalId: string,
  resource: TemplateResource,
  properties: Readonly<Record<string, unknown>>,
  assembly: Assembly,
  deps: ProvisionDeps,
): Promise<ProvisionedResource> {
  if (isCustomResource(resource.Type)) return bringUpCustom(stackName, logicalId, resource.Type, properties, deps);
  if (deps.keepUnchanged === true) {
    const before = deps.store.get<ResourceRecord>(RECORDS, recordKey(stackName, logicalId));
    const isThere = before?.type === resource.Type && isDeepStrictEqual(before.properties, plainJson(properties));
    if (isThere) return Promise.resolve({ ref: before.ref, attributes: before.attributes ?? {} });
    deps.onProgress(
      `stack ${stackName}: ${before === undefined ? 'creating' : 'updating'} ${logicalId} (${resource.Type})`,
    );
  }
  return deps.resourceTypes.get(resource.Type)!.provision({
    stackName,
    logicalId,
    properties,
    generatedName: generatedName(stackName, logicalId),
    assemblyDir: assembly.dir,
  });
}

async function bringUpCustom(
  stackName: string,
  logicalId: string,
  type: string,
  properties: Readonly<Record<string, unknown>>,
  deps: ProvisionDeps,
): Promise<ProvisionedResource> {
  const before = deps.store.get<ResourceRecord>(RECORDS, recordKey(stackName, logicalId));
  const base = { stackName, logicalId, type, properties };
  if (before === undefined) {
    deps.onProgress(`stack ${stackName}: creating ${logicalId} (${type})`);
    return deps.customResources.run({ ...base, requestType: 'Create' });
  }
  if (isDeepStrictEqual(before.properties, plainJson(properties))) {
    return { ref: before.ref, attributes: before.attributes ?? {} };
  }
  deps.onProgress(`stack ${stackName}: updating ${logicalId} (${type})`);
  const made = await deps.customResources.run({
    ...base,
    requestType: 'Update',
    oldProperties: before.properties,
    physicalId: before.ref,
  });
  if (made.ref !== before.ref) {
    // another physical id means a replacement, and the old one goes, as CloudFormation has it
    await deps.customResources.run({ ...base, ...before, requestType: 'Delete', physicalId: before.ref });
  }
  return made;
}

function remember(
  stackName: string,
  logicalId: string,
  resource: TemplateResource,
  properties: Readonly<Record<string, unknown>>,
  made: ProvisionedResource,
  current: Set<string>,
  store: JsonStore,
): void {
  const record: ResourceRecord = {
    ...made,
    stackName,
    logicalId,
    type: resource.Type,
    properties,
    order: current.size,
    ...(resource.DeletionPolicy === undefined ? {} : { deletionPolicy: resource.DeletionPolicy }),
  };
  const key = recordKey(stackName, logicalId);
  current.add(key);
  store.put(RECORDS, key, record);
}

async function removeLeftovers(current: ReadonlySet<string>, deps: ProvisionDeps): Promise<void> {
  const leftovers = deps.store
    .list<ResourceRecord>(RECORDS)
    .filter(({ key }) => !current.has(key))
    .sort((a, b) => b.value.order - a.value.order);
  for (const { key, value: record } of leftovers) {
    const name = `${record.stackName}/${record.logicalId} (${record.type})`;
    try {
      if (record.deletionPolicy === 'Retain') deps.onProgress(`${name} left the template and is retained`);
      else await removeOne(record, deps, name);
    } catch (error) {
      // CloudFormation, too, ends a clean-up that fails without undoing the update; the record goes or it fails forever
      deps.region.log('cloudformation', 'error', `${name} left the template, and deleting it failed: ${String(error)}`);
    }
    deps.store.delete(RECORDS, key);
  }
}

async function removeOne(record: ResourceRecord, deps: ProvisionDeps, name: string): Promise<void> {
  if (isCustomResource(record.type)) {
    await deps.customResources.run({ ...record, requestType: 'Delete', physicalId: record.ref });
  } else {
    await deps.resourceTypes.get(record.type)?.remove?.(record);
  }
  deps.onProgress(`${name} left the template and is deleted`);
}

/** As a record comes back from the store. */
function plainJson(properties: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(properties));
}

function recordKey(stackName: string, logicalId: string): string {
  return `${stackName}/${logicalId}`;
}
