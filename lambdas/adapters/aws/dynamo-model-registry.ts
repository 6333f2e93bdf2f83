import { type DynamoDBClient, GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { ConflictError, NotFoundError } from '../../../core/errors.ts';
import { RolloutInProgressError } from '../../../core/release/rollout-in-progress-error.ts';
import type {
  ModelHosting,
  ModelRegistry,
  RegisteredModel,
  ReleaseSummary,
  Rollout,
  RolloutPhase,
} from '../../ports/model-registry.ts';
import { answerOf } from './aws-failure.ts';
import { auditedWrite } from './dynamo-audited-write.ts';
import { type Item, jsonOf, modelKey, routeItemKey, routeOf } from './registry-items.ts';

const MODELS = 'MODELS';

/**
 * Items: `MODEL#<model>` with `ROUTE` (route and hosting), `RELEASE#<id>`, `ROLLOUT#<id>`, `LEASE`, `AUDIT#<position>`,
 * `AUDITHEAD`; `RELEASE#<id>` and `ROLLOUT#<id>` with `MODEL` (whose it is); `MODELS` with one item per model.
 * Each change is one transaction together with its audit record.
 */
export function dynamoModelRegistry(dynamo: DynamoDBClient, table: string): ModelRegistry {
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
        'list them: GET /v1/models/{model}/releases, GET /v1/models/{model}',
      );
    }
    return jsonOf<T>(item, attribute);
  };

  const rollout = (rolloutId: string) => owned<Rollout>('ROLLOUT', 'rollout', rolloutId);

  /** Null while nobody holds the lease; one that was given back names nobody. */
  const leaseHolder = async (name: string) => (await get(modelKey(name, 'LEASE')))?.['rolloutId']?.S || null;

  const holdsLease = async (there: Rollout): Promise<void> => {
    if ((await leaseHolder(there.model)) === there.rolloutId) return;
    throw new ConflictError(`rollout ${there.rolloutId} no longer holds the lease of model "${there.model}"`, {
      rolloutId: there.rolloutId,
    });
  };

  const put = (item: Item, condition?: Partial<TransactWriteItem['Put']>): TransactWriteItem => ({
    Put: { TableName: table, Item: item, ...condition },
  });
  const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
  const unchanged = (attribute: string, seen: unknown) => ({
    ConditionExpression: '#a = :seen',
    ExpressionAttributeNames: { '#a': attribute },
    ExpressionAttributeValues: { ':seen': { S: canonicalJson(seen) } },
  });
  const document = (key: Item, attribute: string, value: unknown): Item => ({
    ...key,
    [attribute]: { S: canonicalJson(value) },
  });
  const rolloutItem = (it: Rollout) => document(modelKey(it.model, `ROLLOUT#${it.rolloutId}`), 'rollout', it);
  const leaseItem = (name: string, holder: string) => ({ ...modelKey(name, 'LEASE'), rolloutId: { S: holder } });
  const isHeldBy = (holder: string) => ({
    ConditionExpression: 'rolloutId = :holder',
    ExpressionAttributeValues: { ':holder': { S: holder } },
  });
  const holdsStill = (it: Rollout): TransactWriteItem => ({
    ConditionCheck: { TableName: table, Key: modelKey(it.model, 'LEASE'), ...isHeldBy(it.rolloutId) },
  });
  const owner = (kind: 'RELEASE' | 'ROLLOUT', id: string, name: string): Item => ({
    pk: { S: `${kind}#${id}` },
    sk: { S: 'MODEL' },
    model: { S: name },
  });
  const write = auditedWrite(dynamo, table, get);

  return {
    models: async () => Promise.all((await modelNames()).map(model)),
    model,
    registerModel: (hosting, event) =>
      write(hosting.name, event, async () => {
        const item = await get(routeItemKey(hosting.name));
        const seen = routeOf(item ?? undefined);
        const first = {
          model: hosting.name,
          endpointName: hosting.endpointName,
          champion: null,
          challenger: null,
          shadow: null,
          epoch: 0,
        };
        const route = { ...(seen ?? first), endpointName: hosting.endpointName };
        const next = {
          ...routeItemKey(hosting.name),
          route: { S: canonicalJson(route) },
          hosting: { S: canonicalJson(hosting) },
        };
        if (item !== null && item['route']?.S === next.route.S && item['hosting']?.S === next.hosting.S) {
          return { items: null, answer: undefined };
        }
        const index = { pk: { S: MODELS }, sk: { S: hosting.name } };
        return {
          items: [put(next, seen === null ? isNew : unchanged('route', seen)), put(index)],
          answer: undefined,
        };
      }),

    addRelease: (release, event) =>
      write(release.model, event, async () => {
        await model(release.model);
        const key = modelKey(release.model, `RELEASE#${release.releaseId}`);
        if ((await get(key)) !== null) return { items: null, answer: undefined };
        const items = [
          put(document(key, 'release', release), isNew),
          put(owner('RELEASE', release.releaseId, release.model)),
        ];
        return { items, answer: undefined };
      }),
    async releases(name) {
      const items = await query(`MODEL#${name}`, 'RELEASE#', 'RELEASE#~');
      const found = items.map((item) => jsonOf<ReleaseSummary>(item, 'release'));
      return found.sort((a, b) => newestFirst(a.createdAt, b.createdAt) || newestFirst(a.releaseId, b.releaseId));
    },
    release: (releaseId) => owned<ReleaseSummary>('RELEASE', 'release', releaseId),

    rollout,
    async rollouts(name) {
      const items = await query(`MODEL#${name}`, 'ROLLOUT#', 'ROLLOUT#~');
      const found = items.map((item) => jsonOf<Rollout>(item, 'rollout'));
      return found.sort((a, b) => newestFirst(a.startedAt, b.startedAt) || newestFirst(a.rolloutId, b.rolloutId));
    },
    beginRollout: (wanted, event) =>
      write(wanted.model, event, async () => {
        await model(wanted.model);
        const there = await get(modelKey(wanted.model, `ROLLOUT#${wanted.rolloutId}`));
        if (there !== null) return { items: null, answer: jsonOf<Rollout>(there, 'rollout') };
        const holder = await leaseHolder(wanted.model);
        if (holder !== null) throw new RolloutInProgressError(wanted.model, holder);
        const isFree = { ...isHeldBy(''), ConditionExpression: 'attribute_not_exists(pk) OR rolloutId = :holder' };
        const items = [
          put(leaseItem(wanted.model, wanted.rolloutId), isFree),
          put(rolloutItem(wanted), isNew),
          put(owner('ROLLOUT', wanted.rolloutId, wanted.model)),
        ];
        return { items, answer: wanted };
      }),
    async advanceRollout(rolloutId, phase: RolloutPhase, event) {
      const { model: name } = await rollout(rolloutId);
      return write(name, event, async () => {
        const there = await rollout(rolloutId);
        await holdsLease(there);
        if (there.phase === phase) return { items: null, answer: there };
        const next = { ...there, phase };
        return {
          items: [put(rolloutItem(next), unchanged('rollout', there)), holdsStill(there)],
          answer: next,
        };
      });
    },
    flipRoute: ({ rolloutId, model: name, from, to, phase }, event) =>
      write(name, event, async () => {
        const there = await rollout(rolloutId);
        await holdsLease(there);
        const { route, ...hosting } = await model(name);
        if (canonicalJson(route) === canonicalJson(to)) return { items: null, answer: route };
        if (route.epoch !== from.epoch || to.epoch !== from.epoch + 1) {
          throw new ConflictError(
            `the route of model "${name}" is at epoch ${route.epoch}, not ${from.epoch}; read it again`,
            { model: name, epoch: route.epoch },
          );
        }
        const item = { ...document(routeItemKey(name), 'route', to), hosting: { S: canonicalJson(hosting) } };
        const items = [
          put(item, unchanged('route', route)),
          put(rolloutItem({ ...there, phase }), unchanged('rollout', there)),
          holdsStill(there),
        ];
        return { items, answer: to };
      }),
    async endRollout(rolloutId, outcome, because, event) {
      const { model: name } = await rollout(rolloutId);
      return write(name, event, async () => {
        const there = await rollout(rolloutId);
        if (there.outcome === outcome) return { items: null, answer: there };
        await holdsLease(there);
        const ended: Rollout = { ...there, phase: 'done', outcome, because, endedAt: event.at };
        return {
          items: [put(rolloutItem(ended), unchanged('rollout', there)), put(leaseItem(name, ''), isHeldBy(rolloutId))],
          answer: ended,
        };
      });
    },

    async audit(name, from, limit) {
      if (limit < 1) return [];
      const items = await query(`MODEL#${name}`, `AUDIT#${position(from)}`, 'AUDIT#~', limit);
      return items.slice(0, limit).map((item) => jsonOf<AuditRecord>(item, 'record'));
    },
  };
}

function position(at: number): string {
  return String(at).padStart(12, '0');
}

function newestFirst(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}
