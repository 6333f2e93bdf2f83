import { isRecord } from '../../assembly/template.ts';

/** One PutMetricData call's worth of an embedded-metric line. */
export interface MetricBatch {
  readonly namespace: string;
  /** MetricDatum documents of the CloudWatch API; Timestamp in epoch seconds. */
  readonly data: readonly object[];
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
    data: dataOf(document, directive, Number(timestampMs) / 1000),
  }));
}

function dataOf(
  document: Readonly<Record<string, unknown>>,
  directive: Readonly<Record<string, unknown>>,
  timestampS: number,
): object[] {
  const dimensionSets = Array.isArray(directive['Dimensions']) ? directive['Dimensions'] : [[]];
  const metrics = Array.isArray(directive['Metrics']) ? directive['Metrics'].filter(isRecord) : [];
  return (dimensionSets.length === 0 ? [[]] : dimensionSets).flatMap((names: readonly string[]) =>
    metrics.flatMap((metric) => {
      const name = String(metric['Name']);
      const value = document[name];
      const values = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'number');
      if (values.length === 0) return [];
      return [
        {
          MetricName: name,
          Dimensions: names.map((dimension) => ({ Name: dimension, Value: String(document[dimension]) })),
          ...(values.length === 1 ? { Value: values[0] } : { Values: values }),
          Unit: metric['Unit'] ?? 'None',
          Timestamp: timestampS,
          StorageResolution: metric['StorageResolution'] ?? 60,
        },
      ];
    }),
  );
}
