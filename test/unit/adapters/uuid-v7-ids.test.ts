import { expect, it } from 'vitest';
import { uuidV7Ids } from '../../../lambdas/adapters/system/uuid-v7-ids.ts';

// RFC 9562, appendix A.6: the example of a version 7 UUID
it('spells the example of the standard', () => {
  const ids = uuidV7Ids({ now: () => new Date(0x017f22e279b0) }, () =>
    Buffer.from('017f22e279b00cc318c4dc0c0c07398f', 'hex'),
  );
  expect(ids.next()).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

it('sorts by time of making', () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const ids = uuidV7Ids({ now: () => new Date(nowMs++) });
  const made = Array.from({ length: 100 }, () => ids.next());
  expect([...made].sort()).toEqual(made);
});
