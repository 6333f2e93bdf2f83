import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../core/audit/checkpoint.ts';
import type { CheckpointLog } from '../../lambdas/ports/checkpoint-log.ts';

const at = (position: number, previousPosition: number, model = 'churn'): Checkpoint => ({
  schema: 'headgate.audit-checkpoint/v1',
  model,
  position,
  hash: 'a'.repeat(64),
  previousPosition,
  signedAt: '2026-03-01T12:00:00.000Z',
  keyId: 'arn:key',
  publicKey: 'cA==',
  signature: 'cw==',
});

/** Every CheckpointLog must pass this; call it once per adapter. */
export function checkpointLogContract(adapter: string, make: () => Promise<CheckpointLog>): void {
  describe(`CheckpointLog: ${adapter}`, () => {
    it('has none before the first', async () => {
      const log = await make();
      expect([await log.newest('churn'), await log.list('churn', 1, 100)]).toEqual([null, []]);
    });

    it('keeps them in order of position, each model its own', async () => {
      const log = await make();
      for (const checkpoint of [at(9, 0), at(10, 9), at(200, 10), at(3, 0, 'other')]) {
        expect(await log.add(checkpoint)).toBe(true);
      }
      expect(await log.list('churn', 1, 100)).toEqual([at(9, 0), at(10, 9), at(200, 10)]);
      expect(await log.newest('churn')).toEqual(at(200, 10));
      expect(await log.list('other', 1, 100)).toEqual([at(3, 0, 'other')]);
    });

    it('tells them a page at a time', async () => {
      const log = await make();
      const all = [at(9, 0), at(10, 9), at(200, 10), at(1000, 200)];
      for (const checkpoint of all) await log.add(checkpoint);
      expect(await log.list('churn', 1, 2)).toEqual(all.slice(0, 2));
      expect(await log.list('churn', 11, 2)).toEqual(all.slice(2));
      expect(await log.list('churn', 200, 1)).toEqual(all.slice(2, 3));
      expect(await log.list('churn', 1001, 2)).toEqual([]);
    });

    it('takes none that follows another than the newest', async () => {
      const log = await make();
      await log.add(at(9, 0));
      for (const late of [at(9, 0), at(12, 0), at(12, 8)]) expect(await log.add(late)).toBe(false);
      expect(await log.list('churn', 1, 100)).toEqual([at(9, 0)]);
    });

    it('takes one of several that follow the same', async () => {
      const log = await make();
      const taken = await Promise.all([5, 6, 7, 8].map((position) => log.add(at(position, 0))));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await log.list('churn', 1, 100)).toHaveLength(1);
    });
  });
}
