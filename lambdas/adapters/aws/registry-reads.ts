import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { NotFoundError } from '../../../core/errors.ts';
import type { ModelHosting, RegisteredModel, ReleaseSummary } from '../../ports/model-registry.ts';
import { answerOf } from './aws-failure.ts';
import { type Item, jsonOf, modelKey, routeItemKey, routeOf } from './registry-items.ts';

/** Partition with one item per model. */
export const MODELS = 'MODELS';

export type RegistryReads = ReturnType<typeof registryReads>;

/** What everybody who needs the registry table reads there; each read is consistent. */
export function registryReads(dynamo: DynamoDBClient, table: string) {
  const get = async (Key: Item): Promise<Item | null> => {
    const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
    return (await answerOf('DynamoDB GetItem of the registry', dynamo.send(command))).Item ?? null;
  };

  const query = async (pk: string, from: string, to: string, limit = Number.POSITIVE_INFINITY): Promise<Item[]> => {
    const items: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: from }, ':to': { S: to } },
        ...(Number.isFinite(limit) && { Limit: limit }),
        ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
      });
      const page = await answerOf('DynamoDB Query of the registry', dynamo.send(command));
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined && items.length < limit);
    return items;
  };

  const modelNames = async () => (await query(MODELS, ' ', '~')).map((item) => item['sk']?.S ?? '');

  const model = async (name: string): Promise<RegisteredModel> => {
    const item = await get(routeItemKey(name));
    if (item === null) throw new NotFoundError('model', name, await modelNames());
    return { ...jsonOf<ModelHosting>(item, 'hosting'), route: routeOf(item)! };
  };

  /** The document `<kind>#<id>` of whichever model it belongs to. */
  const owned = async <T>(kind: 'RELEASE' | 'ROLLOUT', attribute: string, id: string): Promise<T> => {
    const owner = await get({ pk: { S: `${kind}#${id}` }, sk: { S: 'MODEL' } });
    const item = owner === null ? null : await get(modelKey(owner['model']?.S ?? '', `${kind}#${id}`));
    if (item === null) {
      throw new NotFoundError(
        attribute,
        id,
        null,
        'list them: GET /v1/models/{model}/releases, GET /v1/models/{model}/rollouts',
      );
    }
    return jsonOf<T>(item, attribute);
  };

  return {
    get,
    query,
    modelNames,
    model,
    models: async () => Promise.all((await modelNames()).map(model)),
    owned,
    release: (releaseId: string) => owned<ReleaseSummary>('RELEASE', 'release', releaseId),
  };
}

/** Order of instants and ids, newest (greatest) first. */
export function newestFirst(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}
