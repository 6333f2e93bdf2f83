import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry, ReleaseSummary } from '../../ports/model-registry.ts';
import { systemClock } from '../system/system-clock.ts';
import { auditedWrite } from './dynamo-audited-write.ts';
import { dynamoRollouts } from './dynamo-rollouts.ts';
import { jitteredPause, type Pause } from './jittered-pause.ts';
import { jsonOf, modelKey, routeItemKey, routeOf } from './registry-items.ts';
import { MODELS, newestFirst, registryReads } from './registry-reads.ts';
import { document, isNew, ownerItem, put, unchanged } from './registry-writes.ts';

/**
 * Items: `MODEL#<model>` with `ROUTE` (route and hosting), `RELEASE#<id>`, `ROLLOUT#<id>`, `LEASE`, `HOLD`,
 * `AUDIT#<position>`, `AUDITHEAD`; `RELEASE#<id>` and `ROLLOUT#<id>` with `MODEL` (whose it is); `ROLLOUT#<id>` with `TASK`
 * (what wakes its execution); `MODELS` with one item per model. Each change is one transaction together with its audit
 * record.
 *
 * @param pause before a write that another one overtook is computed anew
 */
export function dynamoModelRegistry(
  dynamo: DynamoDBClient,
  table: string,
  clock: Clock = systemClock,
  pause: Pause = jitteredPause(Math.random),
): ModelRegistry {
  const reads = registryReads(dynamo, table);
  const { get, query, model } = reads;
  const write = auditedWrite(dynamo, table, get, pause);
  const rollouts = dynamoRollouts({ dynamo, table, reads, write, clock });

  return {
    models: reads.models,
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
          items: [put(table, next, seen === null ? isNew : unchanged('route', seen)), put(table, index)],
          answer: undefined,
        };
      }),

    addRelease: (release, event) =>
      write(release.model, event, async () => {
        await model(release.model);
        const key = modelKey(release.model, `RELEASE#${release.releaseId}`);
        if ((await get(key)) !== null) return { items: null, answer: undefined };
        const items = [
          put(table, document(key, 'release', release), isNew),
          put(table, ownerItem('RELEASE', release.releaseId, release.model)),
        ];
        return { items, answer: undefined };
      }),
    async releases(name) {
      const items = await query(`MODEL#${name}`, 'RELEASE#', 'RELEASE#~');
      const found = items.map((item) => jsonOf<ReleaseSummary>(item, 'release'));
      return found.sort((a, b) => newestFirst(a.createdAt, b.createdAt) || newestFirst(a.releaseId, b.releaseId));
    },
    release: reads.release,

    ...rollouts,

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
