import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../core/audit/audit-record.ts';
import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import { neverRetrained, type RetrainingState } from '../../core/retraining/retraining.ts';
import type { ModelRegistry } from '../../lambdas/ports/model-registry.ts';
import type { RetrainingLog } from '../../lambdas/ports/retraining-log.ts';

const AT = '2026-03-01T12:00:00.000Z';
const hosting = { endpointName: 'e', executionRoleArn: 'r', modelPackageGroup: 'g', image: 'i' };
const event = (action: string): AuditEvent => ({ action, actor: 'ada', at: AT, detail: {} });

/** Every RetrainingLog must pass this, beside the registry that writes the same chains. */
export function retrainingLogContract(
  adapter: string,
  make: () => Promise<{ readonly log: RetrainingLog; readonly registry: ModelRegistry }>,
): void {
  describe(`RetrainingLog: ${adapter}`, () => {
    let log: RetrainingLog;
    let registry: ModelRegistry;
    beforeEach(async () => {
      ({ log, registry } = await make());
      for (const name of ['churn', 'price']) await registry.registerModel({ name, ...hosting }, event('registered'));
    });
    const actions = async () => (await registry.audit('churn', 1, 100)).map(({ action }) => action);
    const word = (seen: RetrainingState, at: string) => ({ seen, next: { ...seen, countedFrom: at } });

    it('knows of a model of which nothing was written that it was never retrained', async () => {
      expect(await log.state('churn')).toEqual(neverRetrained('churn'));
    });

    it('writes the document one version on, together with its record', async () => {
      const first = await log.change(word(await log.state('churn'), AT), event('retraining.one'));
      expect(first).toEqual({ ...neverRetrained('churn'), version: 1, countedFrom: AT });
      expect(await log.state('churn')).toEqual(first);
      expect((await log.change(word(first, AT), event('retraining.two'))).version).toBe(2);
      expect(await actions()).toEqual(['registered', 'retraining.one', 'retraining.two']);
      expect(firstBrokenRecord(await registry.audit('churn', 1, 100))).toBeNull();
      expect(await log.state('price')).toEqual(neverRetrained('price'));
    });

    it('makes a change once, however often it is tried', async () => {
      const change = word(await log.state('churn'), AT);
      const made = await log.change(change, event('retraining.one'));
      expect(await log.change(change, event('retraining.one'))).toEqual(made);
      expect(await actions()).toEqual(['registered', 'retraining.one']);
    });

    it('refuses a change of what is no longer there, and writes nothing of it', async () => {
      const seen = await log.state('churn');
      await log.change(word(seen, AT), event('retraining.one'));
      const late = log.change(word(seen, '2026-03-02T12:00:00.000Z'), event('retraining.two'));
      await expect(late).rejects.toMatchObject({ name: 'RetrainingChangedError', kind: 'conflict' });
      expect(await actions()).toEqual(['registered', 'retraining.one']);
    });

    it('lets one of many writers at once through', async () => {
      const seen = await log.state('churn');
      const tries = Array.from({ length: 8 }, (_, i) =>
        log.change(word(seen, `2026-03-0${i + 1}T12:00:00.000Z`), event('retraining.one')),
      );
      const settled = await Promise.allSettled(tries);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await log.state('churn')).version).toBe(1);
      expect(await actions()).toEqual(['registered', 'retraining.one']);
    });

    it('does not override a hold where nobody asked, and lets a person', async () => {
      const seen = await log.state('churn');
      const hold = { model: 'churn', actor: 'ada', because: 'incident', at: AT };
      await registry.setHold('churn', hold, event('model.held'));
      const held = log.change({ ...word(seen, AT), unlessHeld: true }, event('retraining.one'));
      await expect(held).rejects.toMatchObject({ name: 'RetrainingChangedError', details: { what: 'hold' } });
      expect((await log.change(word(seen, AT), event('retraining.two'))).version).toBe(1);
      await registry.setHold('churn', null, event('model.released'));
      const next = word(await log.state('churn'), '2026-03-02T12:00:00.000Z');
      expect((await log.change({ ...next, unlessHeld: true }, event('retraining.three'))).version).toBe(2);
    });

    it('knows only models that are registered', async () => {
      const nobody = log.change(word(neverRetrained('nobody'), AT), event('retraining.one'));
      await expect(nobody).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });
}
