import type { RecordOutcomesRequest, RecordOutcomesResponse } from '../../../contracts/api/outcomes.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { CLOCK_TOLERANCE_MS } from '../../../core/ingestion/check-row.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { PredictionLedger } from '../../ports/prediction-ledger.ts';

export interface RecordOutcomesDeps {
  readonly ledger: Pick<PredictionLedger, 'recordOutcomes'>;
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly clock: Clock;
}

/**
 * Takes the ground truth of earlier predictions. Each outcome has its own receipt: one that names an unknown
 * prediction does not hold back the others.
 *
 * @throws NotFoundError for an unknown model; InvalidInputError for an outcome that lies in the future
 */
export async function recordOutcomes(
  { ledger, registry, clock }: RecordOutcomesDeps,
  model: string,
  { outcomes }: RecordOutcomesRequest,
): Promise<RecordOutcomesResponse> {
  await registry.model(model);
  const latestMs = clock.now().getTime() + CLOCK_TOLERANCE_MS;
  outcomes.forEach(({ occurredAt }, i) => {
    if (Date.parse(occurredAt) <= latestMs) return;
    throw new InvalidInputError(`outcomes[${i}].occurredAt lies in the future: ${occurredAt}`, {
      place: i,
      occurredAt,
    });
  });
  const receipts = await ledger.recordOutcomes(model, outcomes);
  const counts: Record<string, number> = {};
  for (const { status } of receipts) counts[status] = (counts[status] ?? 0) + 1;
  return { receipts: receipts.map((receipt) => ({ ...receipt })), counts };
}
