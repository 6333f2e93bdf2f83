import * as z from 'zod';
import { AwsError, type Operation, type ResourceType } from '../../service.ts';
import { readInput, readProperties, templateTags } from '../read-document.ts';
import { listPageOf } from './list-page.ts';
import { allow, arnOf, invalid, nowSeconds, type SageMakerScope } from './sagemaker-scope.ts';
import { type ContainerDefinition, containerDefinition, entityName, listMembers, tagList } from './shapes.ts';

const PACKAGES = 'model-package';
const GROUPS = 'model-package-group';

const approvalStatus = z.enum(['Approved', 'Rejected', 'PendingManualApproval']);
/** SageMaker takes no control character, a line break least of all. */
const description = z
  .string()
  .max(1024)
  .regex(/^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*$/u, 'must match [\\p{L}\\p{M}\\p{Z}\\p{S}\\p{N}\\p{P}]*');
const metadataText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, 'must match [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*');
const metadata = z
  .record(metadataText(128), metadataText(256))
  .refine((map) => Object.keys(map).length <= 50, 'must have at most 50 entries');

const CreateInput = z.object({
  ModelPackageGroupName: entityName,
  ModelPackageDescription: description.optional(),
  InferenceSpecification: z
    .object({
      Containers: z.array(containerDefinition).min(1).max(15),
      SupportedContentTypes: z.array(z.string()).optional(),
      SupportedResponseMIMETypes: z.array(z.string()).optional(),
      SupportedRealtimeInferenceInstanceTypes: z.array(z.string()).optional(),
      SupportedTransformInstanceTypes: z.array(z.string()).optional(),
    })
    .optional(),
  ModelApprovalStatus: approvalStatus.optional(),
  ApprovalDescription: description.optional(),
  CustomerMetadataProperties: metadata.optional(),
  ModelMetrics: z.record(z.string(), z.unknown()).optional(),
  DriftCheckBaselines: z.record(z.string(), z.unknown()).optional(),
  ModelCard: z.record(z.string(), z.unknown()).optional(),
  ModelLifeCycle: z.record(z.string(), z.unknown()).optional(),
  MetadataProperties: z.record(z.string(), z.string()).optional(),
  Domain: z.string().optional(),
  Task: z.string().optional(),
  SamplePayloadUrl: z.string().optional(),
  SourceUri: z.string().max(1024).optional(),
  ClientToken: z
    .string()
    .max(36)
    .regex(/^[a-zA-Z0-9-]+$/)
    .optional(),
  Tags: tagList.optional(),
});

const DescribeInput = z.object({ ModelPackageName: z.string() });
const UpdateInput = z.object({
  ModelPackageArn: z.string(),
  ModelApprovalStatus: approvalStatus.optional(),
  ApprovalDescription: description.optional(),
  CustomerMetadataProperties: metadata.optional(),
  CustomerMetadataPropertiesToRemove: z.array(z.string()).optional(),
  ModelLifeCycle: z.record(z.string(), z.unknown()).optional(),
  ModelCard: z.record(z.string(), z.unknown()).optional(),
});
const ListInput = z.object({
  ...listMembers,
  ModelPackageGroupName: z.string().optional(),
  ModelApprovalStatus: approvalStatus.optional(),
});
const GroupInput = z.object({ ModelPackageGroupName: z.string() });
const CreateGroupInput = z.object({
  ModelPackageGroupName: entityName,
  ModelPackageGroupDescription: z.string().max(1024).optional(),
  Tags: tagList.optional(),
});

interface PackageRecord {
  readonly name: string;
  readonly arn: string;
  readonly version: number;
  readonly input: z.infer<typeof CreateInput>;
  readonly approval: z.infer<typeof approvalStatus>;
  readonly createdSeconds: number;
  readonly modifiedSeconds: number;
}

interface GroupRecord {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly createdSeconds: number;
}

/**
 * The container of a model package.
 *
 * @param name its ARN, or `group/version`
 * @throws AwsError ValidationException unless it is approved
 */
export function requireDeployablePackage(scope: SageMakerScope, name: string): ContainerDefinition {
  const found = findPackage(scope, name);
  if (found.approval !== 'Approved') {
    throw invalid(
      `Model package "${found.arn}" has the approval status ${found.approval}; only Approved packages can be deployed`,
    );
  }
  return found.input.InferenceSpecification?.Containers[0] ?? {};
}

function packageKey(name: string): string {
  return name.slice(
    name.indexOf(':model-package/') === -1 ? 0 : name.indexOf(':model-package/') + ':model-package/'.length,
  );
}

function findPackage(scope: SageMakerScope, name: string): PackageRecord {
  const found = scope.store.get<PackageRecord>(PACKAGES, packageKey(name));
  if (found === undefined) throw invalid(`ModelPackage ${name} does not exist.`);
  return found;
}

export function modelPackageOperations(scope: SageMakerScope): Record<string, Operation> {
  const { store } = scope;
  const save = (record: PackageRecord) => {
    store.put(PACKAGES, record.name, record);
    scope.region.emit({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Model Package State Change',
      resources: [record.arn],
      detail: { ...describePackage(record), CreationTime: record.createdSeconds * 1000 },
    });
  };
  return {
    CreateModelPackage: async (document, caller) => {
      const input = readInput(CreateInput, document);
      const group = input.ModelPackageGroupName;
      allow(scope, caller, 'CreateModelPackage', arnOf(scope, 'model-package-group', group));
      if (input.Tags !== undefined) throw invalid('Tags can not be given for a versioned model package; tag the group');
      for (const container of input.InferenceSpecification?.Containers ?? []) {
        if (Object.keys(container.Environment ?? {}).length > 16)
          throw invalid('a package container has at most 16 environment entries');
      }
      return store.atomically(() => {
        if (store.get(GROUPS, group) === undefined) throw invalid(`Model Package Group ${group} does not exist.`);
        const known = packagesOf(scope, group);
        const repeated = known.find(
          ({ input: { ClientToken } }) => ClientToken !== undefined && ClientToken === input.ClientToken,
        );
        if (repeated !== undefined) return { ModelPackageArn: repeated.arn };
        const version = Math.max(0, ...known.map((record) => record.version)) + 1;
        const now = nowSeconds(scope);
        const name = `${group}/${version}`;
        const arn = arnOf(scope, 'model-package', name);
        const approval = input.ModelApprovalStatus ?? 'PendingManualApproval';
        save({ name, arn, version, input, approval, createdSeconds: now, modifiedSeconds: now });
        return { ModelPackageArn: arn };
      });
    },
    DescribeModelPackage: async (document, caller) => {
      const { ModelPackageName } = readInput(DescribeInput, document);
      allow(scope, caller, 'DescribeModelPackage', arnOf(scope, 'model-package', packageKey(ModelPackageName)));
      return describePackage(findPackage(scope, ModelPackageName));
    },
    UpdateModelPackage: async (document, caller) => {
      const { ModelPackageArn, ...change } = readInput(UpdateInput, document);
      allow(scope, caller, 'UpdateModelPackage', ModelPackageArn);
      const found = findPackage(scope, ModelPackageArn);
      const removed = new Set(change.CustomerMetadataPropertiesToRemove);
      const properties = { ...found.input.CustomerMetadataProperties, ...change.CustomerMetadataProperties };
      const input = {
        ...found.input,
        ...(change.ApprovalDescription === undefined ? {} : { ApprovalDescription: change.ApprovalDescription }),
        ...(change.ModelLifeCycle === undefined ? {} : { ModelLifeCycle: change.ModelLifeCycle }),
        ...(change.ModelCard === undefined ? {} : { ModelCard: change.ModelCard }),
        CustomerMetadataProperties: Object.fromEntries(
          Object.entries(properties).filter(([name]) => !removed.has(name)),
        ),
      };
      if (Object.keys(input.CustomerMetadataProperties).length > 50)
        throw invalid('CustomerMetadataProperties has at most 50 entries');
      save({
        ...found,
        input,
        approval: change.ModelApprovalStatus ?? found.approval,
        modifiedSeconds: nowSeconds(scope),
      });
      return { ModelPackageArn };
    },
    ListModelPackages: async (document, caller) => {
      const input = readInput(ListInput, document);
      allow(scope, caller, 'ListModelPackages', '*');
      const wanted = packagesOf(scope, input.ModelPackageGroupName).filter(
        ({ approval }) => input.ModelApprovalStatus === undefined || approval === input.ModelApprovalStatus,
      );
      const { items, ...more } = listPageOf(wanted, input);
      const summary = ({ input: _, ...record }: PackageRecord) => ({
        ...identity(record),
        ModelPackageDescription: _.ModelPackageDescription,
      });
      return { ModelPackageSummaryList: items.map(summary), ...more };
    },
    CreateModelPackageGroup: async (document, caller) => {
      const input = readInput(CreateGroupInput, document);
      const arn = arnOf(scope, 'model-package-group', input.ModelPackageGroupName);
      allow(scope, caller, 'CreateModelPackageGroup', arn);
      if (store.get(GROUPS, input.ModelPackageGroupName) !== undefined) {
        throw invalid(`Model Package Group already exists: ${arn}`);
      }
      saveGroup(scope, input.ModelPackageGroupName, input.ModelPackageGroupDescription);
      return { ModelPackageGroupArn: arn };
    },
    DescribeModelPackageGroup: async (document, caller) => {
      const { ModelPackageGroupName: name } = readInput(GroupInput, document);
      allow(scope, caller, 'DescribeModelPackageGroup', arnOf(scope, 'model-package-group', name));
      const group = store.get<GroupRecord>(GROUPS, name);
      if (group === undefined)
        throw invalid(`ModelPackageGroup ${arnOf(scope, 'model-package-group', name)} does not exist.`);
      return {
        ModelPackageGroupName: group.name,
        ModelPackageGroupArn: group.arn,
        ModelPackageGroupDescription: group.description,
        ModelPackageGroupStatus: 'Completed',
        CreationTime: group.createdSeconds,
      };
    },
  };
}

function packagesOf(scope: SageMakerScope, group: string | undefined): PackageRecord[] {
  return scope.store
    .list<PackageRecord>(PACKAGES)
    .map(({ value }) => value)
    .filter((record) => group === undefined || record.input.ModelPackageGroupName === group.split('/').at(-1));
}

function identity(record: Omit<PackageRecord, 'input'>): Record<string, unknown> {
  return {
    ModelPackageGroupName: record.name.slice(0, record.name.lastIndexOf('/')),
    ModelPackageVersion: record.version,
    ModelPackageArn: record.arn,
    ModelPackageStatus: 'Completed',
    ModelApprovalStatus: record.approval,
    CreationTime: record.createdSeconds,
  };
}

function describePackage(record: PackageRecord): Record<string, unknown> {
  const { ClientToken: _, Tags: __, ModelApprovalStatus: ___, ...members } = record.input;
  return {
    ...members,
    ...(members.InferenceSpecification === undefined
      ? {}
      : { InferenceSpecification: withDigests(members.InferenceSpecification) }),
    ...identity(record),
    ModelPackageName: record.name,
    ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    LastModifiedTime: record.modifiedSeconds,
  };
}

/** AWS asks the image's registry for the digest; here only a name that holds one tells it. */
function withDigests(specification: NonNullable<PackageRecord['input']['InferenceSpecification']>): object {
  const Containers = specification.Containers.map((container) => {
    const digest = /@(sha256:[0-9a-f]{64})$/.exec(container.Image ?? '')?.[1];
    return digest === undefined ? container : { ...container, ImageDigest: digest };
  });
  return { ...specification, Containers };
}

function saveGroup(scope: SageMakerScope, name: string, description: string | undefined): GroupRecord {
  const known = scope.store.get<GroupRecord>(GROUPS, name);
  const group: GroupRecord = {
    name,
    arn: arnOf(scope, 'model-package-group', name),
    ...(description === undefined ? {} : { description }),
    createdSeconds: known?.createdSeconds ?? nowSeconds(scope),
  };
  scope.store.put(GROUPS, name, group);
  return group;
}

const GroupProperties = z.strictObject({
  ModelPackageGroupName: entityName.optional(),
  ModelPackageGroupDescription: z.string().max(1024).optional(),
  ModelPackageGroupPolicy: z.unknown().optional(),
  Tags: templateTags,
});

/** `AWS::SageMaker::ModelPackageGroup`. */
export function modelPackageGroupResource(scope: SageMakerScope): ResourceType {
  return {
    provision: async (request) => {
      const properties = readProperties(GroupProperties, request, 'AWS::SageMaker::ModelPackageGroup');
      const name = properties.ModelPackageGroupName ?? request.generatedName;
      if (!entityName.safeParse(name).success)
        throw new AwsError('ValidationException', `"${name}" is not a name for a model package group`);
      const group = saveGroup(scope, name, properties.ModelPackageGroupDescription);
      return { ref: group.arn, attributes: { ModelPackageGroupArn: group.arn } };
    },
    remove: async ({ ref }) => {
      const name = ref.slice(ref.lastIndexOf('/') + 1);
      const kept = packagesOf(scope, name).length;
      // as on AWS, a group with packages can not be deleted
      if (kept === 0) scope.store.delete(GROUPS, name);
      else
        scope.region.log(
          'sagemaker',
          'error',
          `model package group ${name} left the template but stays: it has ${kept} packages`,
        );
    },
  };
}
