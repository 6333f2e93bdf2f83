import { canonicalJson } from '../../core/canonical-json.ts';
import { neverRetrained, type RetrainingState } from '../../core/retraining/retraining.ts';
import { RetrainingChangedError } from '../../core/retraining/retraining-changed-error.ts';
import type { RetrainingLog } from '../../lambdas/ports/retraining-log.ts';
import type { MemoryModelRegistry } from './memory-model-registry.ts';

/** Writes its records to the chains of the registry. */
export function memoryRetrainingLog(registry: MemoryModelRegistry): RetrainingLog {
  const states = new Map<string, RetrainingState>();
  const stored = (model: string) => states.get(model) ?? neverRetrained(model);
  return {
    state: async (model) => stored(model),
    async change({ seen, next: wanted, unlessHeld = false }, event) {
      const next = { ...wanted, version: seen.version + 1 };
      await registry.model(seen.model);
      const hold = unlessHeld ? await registry.hold(seen.model) : null;
      // from here on nothing is awaited: the write is one step
      const there = stored(seen.model);
      if (canonicalJson(there) === canonicalJson(next)) return next;
      if (canonicalJson(there) !== canonicalJson(seen)) throw new RetrainingChangedError(seen.model, 'retraining');
      if (hold !== null) throw new RetrainingChangedError(seen.model, 'hold');
      states.set(seen.model, next);
      registry.append(seen.model, event);
      return next;
    },
  };
}
