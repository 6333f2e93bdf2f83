import { isoInstant } from '../../../core/iso-instant.ts';
import type { SeenValue } from '../../../core/serving/prediction-record.ts';

/** Served values as the API spells them: instants in ISO 8601. */
export function featuresBody(features: Readonly<Record<string, SeenValue>>) {
  return Object.fromEntries(
    Object.entries(features).map(([ref, { value, status, eventTimeMs, defaultValue }]) => [
      ref,
      { value, status, eventTime: isoInstant(eventTimeMs), ...(defaultValue !== undefined && { defaultValue }) },
    ]),
  );
}
