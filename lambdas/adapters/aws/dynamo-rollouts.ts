import { type DynamoDBClient, PutItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { LEASE_MS, type Lease } from '../../../core/rollout/lease.ts';
import { LeaseLostError } from '../../../core/rollout/lease-lost-error.ts';
import type { Hold, Rollout } from '../../../core/rollout/rollout.ts';
import { isMade, leaseAfter, leaseToBegin, type RolloutChange } from '../../../core/rollout/rollout-change.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { answerOf, isNamed } from './aws-failure.ts';
import type { auditedWrite } from './dynamo-audited-write.ts';
import { holdKey, isNotHeld, NOT_HELD } from './hold-item.ts';
import { type Item, jsonOf, modelKey, routeItemKey } from './registry-items.ts';
import { newestFirst, type RegistryReads } from './registry-reads.ts';
import { document, isNew, ownerItem, put, unchanged } from './registry-writes.ts';
import { isAsSeen, leaseCheck, leaseItem, leaseKey, leaseOf, leaseWrite } from './rollout-lease.ts';

type RolloutPart = Pick<
  ModelRegistry,
  | 'rollout'
  | 'rollouts'
  | 'beginRollout'
  | 'changeRollout'
  | 'renewLease'
  | 'abandonedRollouts'
  | 'keepTaskToken'
  | 'taskToken'
  | 'hold'
  | 'setHold'
>;

export interface DynamoRolloutsProps {
  readonly dynamo: DynamoDBClient;
  readonly table: string;
  readonly reads: RegistryReads;
  readonly write: ReturnType<typeof auditedWrite>;
  readonly clock: Clock;
}

/** The rollouts, leases and holds of `dynamoModelRegistry`. */
export function dynamoRollouts({ dynamo, table, reads, write, clock }: DynamoRolloutsProps): RolloutPart {
  const { get, query, model, modelNames, owned } = reads;
  const rollout = (rolloutId: string) => owned<Rollout>('ROLLOUT', 'rollout', rolloutId);
  const rolloutKey = (it: Rollout) => modelKey(it.model, `ROLLOUT#${it.rolloutId}`);
  const storedRollout = async (it: Rollout) => {
    const item = await get(rolloutKey(it));
    return item === null ? null : jsonOf<Rollout>(item, 'rollout');
  };
  const leaseNow = async (name: string) => leaseOf(await get(leaseKey(name)));
  const holdNow = async (name: string) => {
    const item = await get(holdKey(name));
    return item?.['hold']?.S ? jsonOf<Hold>(item, 'hold') : null;
  };

  /** What has to be written for the change; null when it has been made already. */
  const itemsOf = async (change: RolloutChange): Promise<TransactWriteItem[] | null> => {
    const { seen, next, route, unlessHeld = false } = change;
    const [stored, lease, there, hold] = await Promise.all([
      storedRollout(seen),
      leaseNow(seen.model),
      model(seen.model),
      unlessHeld ? holdNow(seen.model) : null,
    ]);
    if (isMade(change, { rollout: stored, route: there.route, lease, hold })) return null;
    const after = leaseAfter(change, lease, clock.now().getTime());
    const items = [
      put(table, document(rolloutKey(next), 'rollout', next), unchanged('rollout', seen)),
      after === lease ? leaseCheck(table, seen.model, lease) : leaseWrite(table, seen.model, lease, after),
    ];
    if (route !== null) {
      const { route: _, ...hosting } = there;
      const to = { ...document(routeItemKey(seen.model), 'route', route.to), hosting: { S: canonicalJson(hosting) } };
      items.push(put(table, to, unchanged('route', route.from)));
    }
    if (unlessHeld) items.push(isNotHeld(table, seen.model));
    return items;
  };

  return {
    rollout,
    async rollouts(name) {
      const items = await query(`MODEL#${name}`, 'ROLLOUT#', 'ROLLOUT#~');
      const found = items.map((item) => jsonOf<Rollout>(item, 'rollout'));
      return found.sort((a, b) => newestFirst(a.startedAt, b.startedAt) || newestFirst(a.rolloutId, b.rolloutId));
    },

    beginRollout: (wanted, event) =>
      write(wanted.model, event, async () => {
        await model(wanted.model);
        const [there, lease] = await Promise.all([storedRollout(wanted), leaseNow(wanted.model)]);
        const taken = leaseToBegin(wanted, there, lease, clock.now().getTime());
        if (taken === null) return { items: null, answer: { rollout: there ?? wanted, fence: 0 } };
        const { fence } = taken;
        const items = [leaseWrite(table, wanted.model, lease, taken)];
        if (there === null) {
          items.push(put(table, document(rolloutKey(wanted), 'rollout', wanted), isNew));
          items.push(put(table, ownerItem('ROLLOUT', wanted.rolloutId, wanted.model)));
        }
        const action = there === null ? event.action : 'rollout.resumed';
        const recorded = { ...event, action, detail: { ...event.detail, fence } };
        return { items, answer: { rollout: there ?? wanted, fence }, event: recorded };
      }),

    changeRollout: (change, event) =>
      write(change.seen.model, event, async () => ({ items: await itemsOf(change), answer: change.next })),

    async renewLease(rolloutId, fence) {
      const { model: name } = await rollout(rolloutId);
      const held: Lease = { rolloutId, fence, renewedAtMs: clock.now().getTime() };
      const renewal = new PutItemCommand({ TableName: table, Item: leaseItem(name, held), ...isAsSeen(held) });
      try {
        await dynamo.send(renewal);
      } catch (error) {
        if (isNamed(error, 'ConditionalCheckFailedException')) throw new LeaseLostError(rolloutId, fence);
        await answerOf(`DynamoDB renewal of the lease of model ${name}`, Promise.reject(error));
      }
    },

    async abandonedRollouts() {
      const leases = await Promise.all((await modelNames()).map(leaseNow));
      const since = clock.now().getTime() - LEASE_MS;
      const old = leases.filter(({ rolloutId, renewedAtMs }) => rolloutId !== null && renewedAtMs < since);
      const found = await Promise.all(
        old.map(async ({ rolloutId, fence }) => ({ rollout: await rollout(rolloutId!), fence })), // filtered above
      );
      return found.filter(({ rollout: { outcome } }) => outcome === null);
    },

    async keepTaskToken(rolloutId, taskToken) {
      const Item: Item = { ...taskTokenKey(rolloutId), taskToken: { S: taskToken } };
      const keep = dynamo.send(new PutItemCommand({ TableName: table, Item }));
      await answerOf(`DynamoDB PutItem of the task token of rollout ${rolloutId}`, keep);
    },
    taskToken: async (rolloutId) => (await get(taskTokenKey(rolloutId)))?.['taskToken']?.S ?? null,

    hold: holdNow,
    setHold: (name, hold, event) =>
      write(name, event, async () => {
        await model(name);
        const seen = await holdNow(name);
        if (isSame(seen, hold)) return { items: null, answer: undefined };
        const asSeen = seen === null ? NOT_HELD : unchanged('hold', seen);
        const item = hold === null ? holdKey(name) : document(holdKey(name), 'hold', hold);
        return { items: [put(table, item, asSeen)], answer: undefined };
      }),
  };
}

function taskTokenKey(rolloutId: string): Item {
  return { pk: { S: `ROLLOUT#${rolloutId}` }, sk: { S: 'TASK' } };
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
