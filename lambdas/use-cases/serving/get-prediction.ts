import type { EvidenceResponse } from '../../../contracts/api/evidence.ts';
import type { PredictionLedger } from '../../ports/prediction-ledger.ts';
import { featuresBody } from './features-body.ts';

/** The evidence of a prediction. @throws PredictionNotFoundError */
export async function getPrediction(
  { ledger }: { readonly ledger: Pick<PredictionLedger, 'evidence'> },
  predictionId: string,
): Promise<EvidenceResponse> {
  const { expiresAtSeconds, features, outcomes, ...rest } = await ledger.evidence(predictionId);
  return {
    ...rest,
    entities: rest.entities === null ? null : { ...rest.entities },
    context: rest.context === null ? null : { ...rest.context },
    features: featuresBody(features),
    expiresAt: new Date(expiresAtSeconds * 1000).toISOString(),
    outcomes: outcomes.map(({ value, occurredAt }) => ({ value, occurredAt })),
  };
}
