import * as z from 'zod';
import type { Operation } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { allow, invalid, type SageMakerScope } from './sagemaker-scope.ts';
import { type TagList, tagList } from './shapes.ts';

const AddTags = z.object({ ResourceArn: z.string(), Tags: tagList });
const ListTags = z.object({ ResourceArn: z.string() });

/** Tags that came with a create call. */
export function keepTags({ store }: SageMakerScope, arn: string, tags: TagList | undefined): void {
  if (tags !== undefined && tags.length > 0) store.put('tags', arn, tags);
}

export function tagOperations(scope: SageMakerScope): Record<string, Operation> {
  const { store } = scope;
  return {
    AddTags: async (document, caller) => {
      const { ResourceArn, Tags } = readInput(AddTags, document);
      allow(scope, caller, 'AddTags', ResourceArn);
      const kept = new Map([...(store.get<TagList>('tags', ResourceArn) ?? []), ...Tags].map((tag) => [tag.Key, tag]));
      if (kept.size > 50) throw invalid(`"${ResourceArn}" would have ${kept.size} tags; at most 50 are allowed`);
      store.put('tags', ResourceArn, [...kept.values()]);
      return { Tags: [...kept.values()] };
    },
    ListTags: async (document, caller) => {
      const { ResourceArn } = readInput(ListTags, document);
      allow(scope, caller, 'ListTags', ResourceArn);
      return { Tags: store.get<TagList>('tags', ResourceArn) ?? [] };
    },
  };
}
