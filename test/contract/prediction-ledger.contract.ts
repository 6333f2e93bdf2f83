import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../core/clock.ts';
import type { PredictionRecord } from '../../core/serving/prediction-record.ts';
import type { PredictionLedger } from '../../lambdas/ports/prediction-ledger.ts';
import { type FixedClock, fixedClock } from '../memory/memory-clock-and-ids.ts';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const AT = '2026-03-02T00:00:00Z';
const SERVED = { numbers: [1.5], texts: [null] };

const record = (over: Partial<PredictionRecord> = {}): PredictionRecord => ({
  predictionId: ID,
  model: 'churn',
  releaseId: 'r'.repeat(64),
  arm: 'champion',
  entities: { customer_id: 'c1' },
  featuresReadAt: '2026-03-01T12:00:00.000Z',
  context: { amount: 12.5, note: null },
  features: { 'spend:sum_7d': { value: 1.5, status: 'PRESENT', eventTimeMs: 1_000 } },
  prediction: { score: 0.25, decision: false },
  requestedAt: '2026-03-01T12:00:00.000Z',
  answeredAt: '2026-03-01T12:00:00.020Z',
  expiresAtSeconds: Date.parse('2026-03-31T12:00:00Z') / 1000,
  ...over,
});

/** Every PredictionLedger must pass this; call it once per adapter. `make` gives a ledger that nobody else uses. */
export function predictionLedgerContract(
  adapter: string,
  make: (clock: FixedClock) => PredictionLedger | Promise<PredictionLedger>,
): void {
  describe(`PredictionLedger: ${adapter}`, () => {
    it('gives back the evidence as it was recorded', async () => {
      const ledger = await make(fixedClock());
      await ledger.record(record(), SERVED);
      expect(await ledger.evidence(ID)).toEqual({ ...record(), outcomes: [] });
    });

    it('gives back what other releases made of the request', async () => {
      const ledger = await make(fixedClock());
      const asked = record({
        unit: '["c1"]',
        rollout: { rolloutId: 'r1', share: 0.05 },
        latencyMs: 3.5,
        challengerFailure: { releaseId: 'c'.repeat(64), error: 'ModelFailedError', latencyMs: 12.25 },
        shadow: {
          releaseId: 's'.repeat(64),
          prediction: null,
          error: 'late',
          latencyMs: 23.5,
          inputs: 4,
          missingInputs: 1,
        },
      });
      await ledger.record(asked, SERVED);
      expect(await ledger.evidence(ID)).toEqual({ ...asked, outcomes: [] });
    });

    it('has no evidence of a failure, and takes no outcome for it', async () => {
      const ledger = await make(fixedClock());
      const { features: _, featuresReadAt, prediction, answeredAt, expiresAtSeconds, ...asked } = record();
      await ledger.recordFailure({ ...asked, error: 'ModelFailedError', latencyMs: 4, failedAt: answeredAt });
      await expect(ledger.evidence(ID)).rejects.toMatchObject({ name: 'PredictionNotFoundError' });
      const [receipt] = await ledger.recordOutcomes('churn', [{ predictionId: ID, value: 1, occurredAt: AT }]);
      expect(receipt?.status).toBe('unknown-prediction');
    });

    it('keeps the first record of an id', async () => {
      const ledger = await make(fixedClock());
      await ledger.record(record(), SERVED);
      await ledger.record(record({ prediction: { score: 0.9, decision: true } }), SERVED);
      expect((await ledger.evidence(ID)).prediction.score).toBe(0.25);
    });

    it('says when an id is unknown, and when its retention has passed', async () => {
      const clock = fixedClock();
      const ledger = await make(clock);
      await expect(ledger.evidence(ID)).rejects.toMatchObject({ name: 'PredictionNotFoundError' });
      await ledger.record(record(), SERVED);
      clock.advance(31 * DAY_MS);
      await expect(ledger.evidence(ID)).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('takes an outcome once, and a correction as such', async () => {
      const ledger = await make(fixedClock());
      await ledger.record(record(), SERVED);
      const say = async (value: number | boolean) =>
        (await ledger.recordOutcomes('churn', [{ predictionId: ID, value, occurredAt: AT }]))[0]?.status;
      expect(await say(true)).toBe('recorded');
      expect(await say(true)).toBe('duplicate');
      expect(await say(false)).toBe('corrected');
      expect(await say(true)).toBe('corrected');
      expect((await ledger.evidence(ID)).outcomes.map(({ value }) => value)).toEqual([true, false, true]);
    });

    it('answers one receipt per outcome in the order given, several of one prediction included', async () => {
      const ledger = await make(fixedClock());
      await ledger.record(record(), SERVED);
      const unknown = '01890a5d-ac96-774b-bcce-b302099a9999';
      const outcomes = [
        { predictionId: unknown, value: 1, occurredAt: AT },
        { predictionId: ID, value: 1, occurredAt: AT },
        { predictionId: ID, value: 1, occurredAt: AT },
      ];
      expect(await ledger.recordOutcomes('churn', outcomes)).toEqual([
        { predictionId: unknown, status: 'unknown-prediction' },
        { predictionId: ID, status: 'recorded' },
        { predictionId: ID, status: 'duplicate' },
      ]);
    });

    it('does not take an outcome for the prediction of another model', async () => {
      const ledger = await make(fixedClock());
      await ledger.record(record(), SERVED);
      const [receipt] = await ledger.recordOutcomes('fraud', [{ predictionId: ID, value: 1, occurredAt: AT }]);
      expect(receipt?.status).toBe('unknown-prediction');
    });
  });
}
