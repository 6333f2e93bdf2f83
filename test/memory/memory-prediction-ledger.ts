import type { Outcome, PredictionFailure, PredictionRecord } from '../../core/serving/prediction-record.ts';
import { PredictionNotFoundError } from '../../core/serving/serving-errors.ts';
import type { Clock } from '../../lambdas/ports/clock-and-ids.ts';
import type { OutcomeReceipt, PredictionLedger } from '../../lambdas/ports/prediction-ledger.ts';

export interface MemoryPredictionLedger extends PredictionLedger {
  readonly records: ReadonlyMap<string, PredictionRecord>;
  readonly failures: readonly PredictionFailure[];
}

export function memoryPredictionLedger(clock: Clock): MemoryPredictionLedger {
  const records = new Map<string, PredictionRecord>();
  const failures: PredictionFailure[] = [];
  const outcomes = new Map<string, Outcome[]>();
  const find = (predictionId: string) => {
    const record = records.get(predictionId);
    return record === undefined || record.expiresAtSeconds * 1000 <= clock.now().getTime() ? null : record;
  };
  const receive = (model: string, outcome: Outcome): OutcomeReceipt['status'] => {
    if (find(outcome.predictionId)?.model !== model) return 'unknown-prediction';
    const known = outcomes.get(outcome.predictionId) ?? [];
    if (known.at(-1)?.value === outcome.value) return 'duplicate';
    outcomes.set(outcome.predictionId, [...known, outcome]);
    return known.length === 0 ? 'recorded' : 'corrected';
  };
  return {
    records,
    failures,
    async recordFailure(failure) {
      failures.push(failure);
    },
    async record(prediction) {
      if (!records.has(prediction.predictionId)) records.set(prediction.predictionId, prediction);
    },
    async evidence(predictionId) {
      const record = find(predictionId);
      if (record === null) throw new PredictionNotFoundError(predictionId);
      return { ...record, outcomes: outcomes.get(predictionId) ?? [] };
    },
    recordOutcomes: async (model, given) =>
      given.map((outcome) => ({ predictionId: outcome.predictionId, status: receive(model, outcome) })),
  };
}
