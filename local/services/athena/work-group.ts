import * as z from 'zod';
import { AwsError, type Caller, type Region, type ResourceType } from '../../service.ts';
import { readProperties, templateBoolean, templateNumber, templateTags } from '../read-document.ts';

/** The smallest `BytesScannedCutoffPerQuery`. */
const MIN_CUTOFF_BYTES = 10_000_000;

const Properties = z.strictObject({
  Name: z.string().min(1).max(128),
  Description: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  RecursiveDeleteOption: templateBoolean.optional(),
  WorkGroupConfiguration: z
    .strictObject({
      EnforceWorkGroupConfiguration: templateBoolean.default(true),
      BytesScannedCutoffPerQuery: templateNumber
        .refine((bytes) => bytes >= MIN_CUTOFF_BYTES, `must be at least ${MIN_CUTOFF_BYTES}`)
        .optional(),
      PublishCloudWatchMetricsEnabled: templateBoolean.optional(),
      RequesterPaysEnabled: templateBoolean.optional(),
      EngineVersion: z
        .strictObject({ SelectedEngineVersion: z.string().optional(), EffectiveEngineVersion: z.string().optional() })
        .optional(),
      ResultConfiguration: z
        .strictObject({
          OutputLocation: z.string().optional(),
          EncryptionConfiguration: z.unknown(),
          ExpectedBucketOwner: z.string().optional(),
          AclConfiguration: z.unknown(),
        })
        .partial()
        .optional(),
    })
    .prefault({}),
  Tags: templateTags,
});

export interface WorkGroup {
  readonly name: string;
  readonly description?: string | undefined;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly isEnforced: boolean;
  readonly cutoffBytes?: number | undefined;
  readonly outputLocation?: string | undefined;
  /** ISO 8601. */
  readonly createdAt: string;
}

const ENGINE_VERSION = 'Athena engine version 3';

/** Brings up workgroups. Metrics and encryption of results are accepted and change nothing on a laptop. */
export function workGroupResource(region: Region): ResourceType {
  return {
    provision: async (request) => {
      const asked = readProperties(Properties, request, 'AWS::Athena::WorkGroup');
      const settings = asked.WorkGroupConfiguration;
      const store = region.store('athena');
      const createdAt = store.get<WorkGroup>('work-group', asked.Name)?.createdAt ?? region.clock.now().toISOString();
      const group: WorkGroup = {
        name: asked.Name,
        description: asked.Description,
        state: asked.State,
        isEnforced: settings.EnforceWorkGroupConfiguration,
        cutoffBytes: settings.BytesScannedCutoffPerQuery,
        outputLocation: settings.ResultConfiguration?.OutputLocation,
        createdAt,
      };
      store.put('work-group', group.name, group);
      return {
        ref: group.name,
        attributes: {
          CreationTime: createdAt,
          'WorkGroupConfiguration.EngineVersion.EffectiveEngineVersion': ENGINE_VERSION,
        },
      };
    },
  };
}

/** Asks for the permission on the workgroup, then reads it. `primary` is always there. */
export function authorizedWorkGroup(region: Region, caller: Caller, action: string, name: string): WorkGroup {
  region.authorize(caller, action, workGroupArn(region, name));
  const group = region.store('athena').get<WorkGroup>('work-group', name);
  if (group !== undefined) return group;
  if (name === 'primary') return { name, state: 'ENABLED', isEnforced: false, createdAt: new Date(0).toISOString() };
  throw new AwsError('InvalidRequestException', `WorkGroup ${name} is not found.`);
}

function workGroupArn(region: Region, name: string): string {
  return `arn:aws:athena:${region.regionName}:${region.accountId}:workgroup/${name}`;
}

/** The workgroup as GetWorkGroup answers it. */
export function workGroupDocument(group: WorkGroup): object {
  const version = { SelectedEngineVersion: ENGINE_VERSION, EffectiveEngineVersion: ENGINE_VERSION };
  return {
    Name: group.name,
    State: group.state,
    Description: group.description,
    CreationTime: Date.parse(group.createdAt) / 1000,
    Configuration: {
      EnforceWorkGroupConfiguration: group.isEnforced,
      BytesScannedCutoffPerQuery: group.cutoffBytes,
      ResultConfiguration: { OutputLocation: group.outputLocation },
      EngineVersion: version,
    },
  };
}
