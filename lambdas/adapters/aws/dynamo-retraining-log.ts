import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { neverRetrained, type RetrainingState } from '../../../core/retraining/retraining.ts';
import { RetrainingChangedError } from '../../../core/retraining/retraining-changed-error.ts';
import type { RetrainingLog } from '../../ports/retraining-log.ts';
import { auditedWrite } from './dynamo-audited-write.ts';
import { isHeld, isNotHeld } from './hold-item.ts';
import { jitteredPause, type Pause } from './jittered-pause.ts';
import { type Item, jsonOf, modelKey } from './registry-items.ts';
import { registryReads } from './registry-reads.ts';
import { document, isNew, put, unchanged } from './registry-writes.ts';

/**
 * Item `RETRAINING` of the partition `MODEL#<model>` in the registry table: the whole state as one document.
 *
 * @param pause before a write that another one overtook is computed anew
 */
export function dynamoRetrainingLog(
  dynamo: DynamoDBClient,
  table: string,
  pause: Pause = jitteredPause(Math.random),
): RetrainingLog {
  const { get, model } = registryReads(dynamo, table);
  const write = auditedWrite(dynamo, table, get, pause);
  const stored = async (name: string): Promise<RetrainingState | null> => {
    const item = await get(keyOf(name));
    return item === null ? null : jsonOf<RetrainingState>(item, 'retraining');
  };

  return {
    state: async (name) => (await stored(name)) ?? neverRetrained(name),
    change: ({ seen, next: wanted, unlessHeld = false }, event) =>
      write(seen.model, event, async () => {
        const { model: name } = seen;
        const next = { ...wanted, version: seen.version + 1 };
        const [there, held] = await Promise.all([stored(name), unlessHeld ? isHeld(get, name) : false, model(name)]);
        if (canonicalJson(there) === canonicalJson(next)) return { items: null, answer: next };
        if (canonicalJson(there ?? neverRetrained(name)) !== canonicalJson(seen)) {
          throw new RetrainingChangedError(name, 'retraining');
        }
        if (held) throw new RetrainingChangedError(name, 'hold');
        const asSeen = there === null ? isNew : unchanged('retraining', there);
        const items = [put(table, document(keyOf(name), 'retraining', next), asSeen)];
        return { items: unlessHeld ? [...items, isNotHeld(table, name)] : items, answer: next };
      }),
  };
}

function keyOf(model: string): Item {
  return modelKey(model, 'RETRAINING');
}
