import * as z from 'zod';
import type { Operation } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { listPageOf } from './list-page.ts';
import { requireDeployablePackage } from './model-packages.ts';
import {
  allow,
  allowPassRole,
  arnOf,
  invalid,
  nowSeconds,
  requireImage,
  type SageMakerScope,
} from './sagemaker-scope.ts';
import { containerDefinition, entityName, listMembers, roleArn, tagList } from './shapes.ts';
import { keepTags } from './tags.ts';

const COLLECTION = 'model';

const createModelInput = z.object({
  ModelName: entityName,
  PrimaryContainer: containerDefinition.optional(),
  Containers: z.array(containerDefinition).max(15).optional(),
  ExecutionRoleArn: roleArn.optional(),
  EnableNetworkIsolation: z.boolean().optional(),
  VpcConfig: z.object({ SecurityGroupIds: z.array(z.string()).min(1), Subnets: z.array(z.string()).min(1) }).optional(),
  Tags: tagList.optional(),
});

const ModelInput = z.object({ ModelName: z.string() });
const ListInput = z.object(listMembers);

export interface ModelRecord {
  readonly name: string;
  readonly arn: string;
  readonly input: z.infer<typeof createModelInput>;
  readonly createdSeconds: number;
}

/** What a model server needs to know of a model, a model package's members filled in. */
export interface ServableModel {
  readonly name: string;
  readonly image: string;
  readonly modelDataUrl?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
}

/** @throws AwsError ValidationException when there is no such model */
export function findModel(scope: SageMakerScope, name: string): ModelRecord {
  const model = scope.store.get<ModelRecord>(COLLECTION, name);
  if (model === undefined) throw invalid(`Could not find model "${arnOf(scope, 'model', name)}".`);
  return model;
}

export function servableModel(scope: SageMakerScope, name: string): ServableModel {
  const { input } = findModel(scope, name);
  const given = input.PrimaryContainer ?? input.Containers?.[0] ?? {};
  const packaged = given.ModelPackageName === undefined ? {} : requireDeployablePackage(scope, given.ModelPackageName);
  const modelDataUrl = given.ModelDataUrl ?? packaged.ModelDataUrl;
  return {
    name,
    image: given.Image ?? packaged.Image ?? '',
    ...(modelDataUrl === undefined ? {} : { modelDataUrl }),
    environment: { ...packaged.Environment, ...given.Environment },
    roleArn: input.ExecutionRoleArn ?? '',
  };
}

export function modelOperations(scope: SageMakerScope): Record<string, Operation> {
  const { store } = scope;
  const checkContainers = (input: z.infer<typeof createModelInput>) => {
    if ((input.PrimaryContainer === undefined) === (input.Containers === undefined)) {
      throw invalid('CreateModel: give either PrimaryContainer or Containers');
    }
    if ((input.Containers?.length ?? 1) !== 1) throw invalid('Containers: the laptop runs models of one container');
    if (input.ExecutionRoleArn === undefined)
      throw invalid('ExecutionRoleArn is required to read the model and its image');
    const container = input.PrimaryContainer ?? input.Containers![0]!;
    const { Image } =
      container.ModelPackageName === undefined
        ? container
        : requireDeployablePackage(scope, container.ModelPackageName);
    if (Image === undefined) throw invalid('PrimaryContainer: give Image or ModelPackageName');
    requireImage(scope, Image);
  };
  return {
    CreateModel: async (document, caller) => {
      const input = readInput(createModelInput, document);
      const arn = arnOf(scope, 'model', input.ModelName);
      allow(scope, caller, 'CreateModel', arn);
      if (input.Tags !== undefined) allow(scope, caller, 'AddTags', arn);
      checkContainers(input);
      allowPassRole(scope, caller, input.ExecutionRoleArn!); // checked just above
      if (store.get(COLLECTION, input.ModelName) !== undefined)
        throw invalid(`Cannot create already existing model "${arn}".`);
      const model: ModelRecord = { name: input.ModelName, arn, input, createdSeconds: nowSeconds(scope) };
      store.put(COLLECTION, model.name, model);
      keepTags(scope, arn, input.Tags);
      return { ModelArn: arn };
    },
    DescribeModel: async (document, caller) => {
      const { ModelName } = readInput(ModelInput, document);
      allow(scope, caller, 'DescribeModel', arnOf(scope, 'model', ModelName));
      const { arn, input, createdSeconds } = findModel(scope, ModelName);
      const { Tags: _, ...members } = input;
      return {
        ...members,
        ModelArn: arn,
        CreationTime: createdSeconds,
        EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
      };
    },
    DeleteModel: async (document, caller) => {
      const { ModelName } = readInput(ModelInput, document);
      allow(scope, caller, 'DeleteModel', arnOf(scope, 'model', ModelName));
      findModel(scope, ModelName);
      store.delete(COLLECTION, ModelName);
      return {};
    },
    ListModels: async (document, caller) => {
      const input = readInput(ListInput, document);
      allow(scope, caller, 'ListModels', '*');
      const { items, ...more } = listPageOf(
        store.list<ModelRecord>(COLLECTION).map(({ value }) => value),
        input,
      );
      const Models = items.map(({ name, arn, createdSeconds }) => ({
        ModelName: name,
        ModelArn: arn,
        CreationTime: createdSeconds,
      }));
      return { Models, ...more };
    },
  };
}
