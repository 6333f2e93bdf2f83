import * as z from 'zod';
import type { Operation } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { listPageOf } from './list-page.ts';
import { findModel } from './models.ts';
import { allow, arnOf, invalid, nowSeconds, type SageMakerScope } from './sagemaker-scope.ts';
import { entityName, listMembers, s3Uri, tagList } from './shapes.ts';
import { keepTags } from './tags.ts';

const COLLECTION = 'endpoint-config';

const productionVariant = z.object({
  VariantName: entityName,
  ModelName: entityName,
  InitialInstanceCount: z.number().int().min(1),
  InstanceType: z.string().regex(/^ml\./, 'must be an instance type such as ml.m5.xlarge'),
  InitialVariantWeight: z.number().min(0).default(1),
  ContainerStartupHealthCheckTimeoutInSeconds: z.number().int().min(60).max(3600).optional(),
  ModelDataDownloadTimeoutInSeconds: z.number().int().min(60).max(3600).optional(),
  VolumeSizeInGB: z.number().int().min(1).max(512).optional(),
  EnableSSMAccess: z.boolean().optional(),
  RoutingConfig: z.object({ RoutingStrategy: z.enum(['LEAST_OUTSTANDING_REQUESTS', 'RANDOM']) }).optional(),
  InferenceAmiVersion: z.string().optional(),
});

export type ProductionVariant = z.infer<typeof productionVariant>;

const dataCaptureConfig = z.object({
  EnableCapture: z.boolean().optional(),
  InitialSamplingPercentage: z.number().int().min(0).max(100),
  DestinationS3Uri: s3Uri.max(512),
  KmsKeyId: z.string().max(2048).optional(),
  CaptureOptions: z
    .array(z.object({ CaptureMode: z.enum(['Input', 'Output', 'InputAndOutput']) }))
    .min(1)
    .max(32),
  CaptureContentTypeHeader: z
    .object({
      CsvContentTypes: z.array(z.string().max(256)).min(1).max(10).optional(),
      JsonContentTypes: z.array(z.string().max(256)).min(1).max(10).optional(),
    })
    .optional(),
});

export type DataCaptureConfig = z.infer<typeof dataCaptureConfig>;

const createEndpointConfigInput = z.object({
  EndpointConfigName: entityName,
  ProductionVariants: z.array(productionVariant).min(1).max(10),
  ShadowProductionVariants: z.array(productionVariant).min(1).max(10).optional(),
  DataCaptureConfig: dataCaptureConfig.optional(),
  KmsKeyId: z.string().max(2048).optional(),
  MetricsConfig: z.record(z.string(), z.unknown()).optional(),
  VpcConfig: z.record(z.string(), z.unknown()).optional(),
  EnableNetworkIsolation: z.boolean().optional(),
  ExecutionRoleArn: z.string().optional(),
  Tags: tagList.optional(),
});

const ConfigInput = z.object({ EndpointConfigName: z.string() });
const ListInput = z.object(listMembers);
/** Members whose effect the laptop does not have, so that it must not pretend. */
const UNSUPPORTED_ON_VARIANT = [
  'ServerlessConfig',
  'ManagedInstanceScaling',
  'CapacityReservationConfig',
  'CoreDumpConfig',
  'InstancePools',
];
const UNSUPPORTED_ON_CONFIG = ['AsyncInferenceConfig', 'ExplainerConfig'];

export interface EndpointConfigRecord {
  readonly name: string;
  readonly arn: string;
  readonly input: z.infer<typeof createEndpointConfigInput>;
  readonly createdSeconds: number;
}

/** @throws AwsError ValidationException when there is no such configuration */
export function findEndpointConfig(scope: SageMakerScope, name: string): EndpointConfigRecord {
  const config = scope.store.get<EndpointConfigRecord>(COLLECTION, name);
  if (config === undefined)
    throw invalid(`Could not find endpoint configuration "${arnOf(scope, 'endpoint-config', name)}".`);
  return config;
}

export function endpointConfigOperations(scope: SageMakerScope): Record<string, Operation> {
  const { store } = scope;
  return {
    CreateEndpointConfig: async (document, caller) => {
      refuseUnsupported(document);
      const input = readInput(createEndpointConfigInput, document);
      const arn = arnOf(scope, 'endpoint-config', input.EndpointConfigName);
      allow(scope, caller, 'CreateEndpointConfig', arn);
      if (input.Tags !== undefined) allow(scope, caller, 'AddTags', arn);
      checkVariants(scope, input);
      if (store.get(COLLECTION, input.EndpointConfigName) !== undefined) {
        throw invalid(`Cannot create already existing endpoint configuration "${arn}".`);
      }
      const config: EndpointConfigRecord = {
        name: input.EndpointConfigName,
        arn,
        input,
        createdSeconds: nowSeconds(scope),
      };
      store.put(COLLECTION, config.name, config);
      keepTags(scope, arn, input.Tags);
      return { EndpointConfigArn: arn };
    },
    DescribeEndpointConfig: async (document, caller) => {
      const { EndpointConfigName } = readInput(ConfigInput, document);
      allow(scope, caller, 'DescribeEndpointConfig', arnOf(scope, 'endpoint-config', EndpointConfigName));
      const { arn, input, createdSeconds } = findEndpointConfig(scope, EndpointConfigName);
      const { Tags: _, ...members } = input;
      return { ...members, EndpointConfigArn: arn, CreationTime: createdSeconds };
    },
    DeleteEndpointConfig: async (document, caller) => {
      const { EndpointConfigName } = readInput(ConfigInput, document);
      allow(scope, caller, 'DeleteEndpointConfig', arnOf(scope, 'endpoint-config', EndpointConfigName));
      findEndpointConfig(scope, EndpointConfigName);
      store.delete(COLLECTION, EndpointConfigName);
      return {};
    },
    ListEndpointConfigs: async (document, caller) => {
      const input = readInput(ListInput, document);
      allow(scope, caller, 'ListEndpointConfigs', '*');
      const all = store.list<EndpointConfigRecord>(COLLECTION).map(({ value }) => value);
      const { items, ...more } = listPageOf(all, input);
      const summary = ({ name, arn, createdSeconds }: EndpointConfigRecord) => ({
        EndpointConfigName: name,
        EndpointConfigArn: arn,
        CreationTime: createdSeconds,
      });
      return { EndpointConfigs: items.map(summary), ...more };
    },
  };
}

function refuseUnsupported(document: Readonly<Record<string, unknown>>): void {
  const variants = [document['ProductionVariants'], document['ShadowProductionVariants']]
    .flat()
    .filter((variant): variant is Record<string, unknown> => typeof variant === 'object' && variant !== null);
  const found = [
    ...UNSUPPORTED_ON_CONFIG.filter((member) => document[member] !== undefined),
    ...UNSUPPORTED_ON_VARIANT.filter((member) => variants.some((variant) => variant[member] !== undefined)),
  ];
  if (found.length > 0) throw invalid(`${found.join(', ')}: the laptop runs instance-based real-time variants only`);
}

function checkVariants(scope: SageMakerScope, input: z.infer<typeof createEndpointConfigInput>): void {
  const shadows = input.ShadowProductionVariants ?? [];
  if (shadows.length > 0 && (shadows.length > 1 || input.ProductionVariants.length > 1)) {
    throw invalid(
      `an endpoint configuration with shadow variants has exactly one production variant and one shadow variant; given: ${input.ProductionVariants.length} and ${shadows.length}`,
    );
  }
  const variants = [...input.ProductionVariants, ...shadows];
  const names = variants.map(({ VariantName }) => VariantName);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw invalid(`the variant name "${repeated}" is used twice`);
  for (const { ModelName } of variants) findModel(scope, ModelName);
}
