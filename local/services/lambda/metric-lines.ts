import { isRecord } from '../../assembly/template.ts';
import type { MetricDatum } from '../../metric-sink.ts';

/** What one directive of an embedded-metric line measures. */
export interface MetricBatch {
  readonly namespace: string;
  readonly data: readonly MetricDatum[];
}

/**
 * The metrics that a log line carries in CloudWatch's embedded metric format; none for any other line.
 * Source: AWS, "Specification: Embedded metric format".
 */
export function metricsInLine(line: string): readonly MetricBatch[] {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return []; // a line that merely looks like one
  }
  if (!isRecord(document) || !isRecord(document['_aws'])) return [];
  const { Timestamp: timestampMs, CloudWatchMetrics: directives } = document['_aws'];
  if (!Array.isArray(directives)) return [];
  return directives.filter(isRecord).map((directive) => ({
    namespace: String(directive['Namespace']),
    data: dataOf(document, directive, Number(timestampMs)),
  }));
}

function dataOf(
  document: Readonly<Record<string, unknown>>,
  directive: Readonly<Record<string, unknown>>,
  timestampMs: number,
): MetricDatum[] {
  const given = Array.isArray(directive['Dimensions']) ? directive['Dimensions'] : [];
  const dimensionSets: readonly (readonly string[])[] = given.length === 0 ? [[]] : given;
  const metrics = Array.isArray(directive['Metrics']) ? directive['Metrics'].filter(isRecord) : [];
  return dimensionSets.flatMap((names) =>
    metrics.flatMap((metric) => {
      const name = String(metric['Name']);
      const value = document[name];
      const values = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'number');
      if (values.length === 0) return [];
      const dimensions = Object.fromEntries(names.map((dimension) => [dimension, String(document[dimension])]));
      const unit = String(metric['Unit'] ?? 'None');
      return [
        { name, dimensions, values, unit, timestampMs, storageResolution: Number(metric['StorageResolution'] ?? 60) },
      ];
    }),
  );
}
