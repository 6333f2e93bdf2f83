import type { SkewAuditScope } from '../../../contracts/skew-audit.ts';
import type { Row } from '../../../core/definitions/value-type.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { SeenValue } from '../../../core/serving/prediction-record.ts';
import type { AuditedTimes } from '../../../core/skew/audit-instants.ts';
import { type RowsBelowDeps, rowsBelow } from '../tables/rows-below.ts';

export interface SampledPrediction extends AuditedTimes {
  readonly predictionId: string;
  readonly entities: Readonly<Record<string, string | number>>;
  /** Request-time values as evidence tells them. */
  readonly context: Row;
  readonly served: Row;
}

/** The sample in order of id, each prediction once: the log may hold a record twice. */
export async function sampledPredictions(
  deps: RowsBelowDeps,
  scope: SkewAuditScope,
): Promise<readonly SampledPrediction[]> {
  const byId = new Map<string, SampledPrediction>();
  for await (const batch of rowsBelow(deps, scope.samplePrefix)) {
    for (let row = 0; row < batch.rows; row++) {
      const prediction = predictionOf((name) => batch.cell(row, name), batch.key);
      byId.set(prediction.predictionId, prediction);
    }
  }
  return [...byId.values()].sort((a, b) => (a.predictionId < b.predictionId ? -1 : 1));
}

function predictionOf(cell: (name: string) => unknown, key: string): SampledPrediction {
  const text = (name: string): string => {
    const value = cell(name);
    if (typeof value === 'string') return value;
    throw new CorruptDataError(`${key} has a prediction without ${name}`, { key, column: name });
  };
  const readAt = cell('features_read_at_ms') ?? null; // records of older platforms lack it
  const features = JSON.parse(text('features')) as Readonly<Record<string, SeenValue>>; // written by the ledger alone
  return {
    predictionId: text('prediction_id'),
    entities: JSON.parse(text('entities')) as SampledPrediction['entities'],
    context: typeof cell('context') === 'string' ? (JSON.parse(text('context')) as Row) : {},
    served: Object.fromEntries(Object.entries(features).map(([ref, { value }]) => [ref, value])),
    readAtMs: readAt === null ? null : Number(readAt),
    requestedAtMs: Number(cell('requested_at_ms')),
    answeredAtMs: Number(cell('answered_at_ms')),
  };
}
