import type { ResolvedView } from '../definitions/definitions.ts';
import type { SourceRow } from '../point-in-time/offline-row.ts';
import { aggregateInput } from '../point-in-time/source-expression.ts';
import { eventName } from './event-name.ts';
import type { StreamLayout } from './stream-layout.ts';
import type { StreamRow } from './stream-state.ts';

/** Makes rows of the source rows of the view as its tiles take them. */
export function streamRowOf(
  { source }: Pick<ResolvedView, 'source'>,
  layout: StreamLayout,
): (row: SourceRow) => StreamRow {
  const inputs = layout.inputs.map((input) => aggregateInput(source, input).compute);
  return (row) => ({
    times: {
      eventTimeMs: row.eventTimeMs,
      knownAtMs: row.knownAtMs,
      loadedAtMs: row.loadedAtMs,
      seq: row.seq,
    },
    inputs: inputs.map((input) => input(row)),
    event: source.eventIdColumn === null ? null : eventName(row.values[source.eventIdColumn] ?? null),
  });
}
