import { expect, it } from 'vitest';
import { metricsInLine } from '../../local/services/lambda/metric-lines.ts';

it('reads the metrics of a line in the embedded metric format', () => {
  const line = JSON.stringify({
    _aws: {
      Timestamp: 1_767_225_600_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Headgate',
          Dimensions: [['service'], ['service', 'model']],
          Metrics: [
            { Name: 'Predictions', Unit: 'Count' },
            { Name: 'LatencyMs', Unit: 'Milliseconds' },
            { Name: 'Absent' },
          ],
        },
      ],
    },
    service: 'headgate',
    model: 'churn',
    Predictions: 1,
    LatencyMs: [3, 4],
  });
  const common = { Timestamp: 1_767_225_600, StorageResolution: 60 };
  const service = { Name: 'service', Value: 'headgate' };
  const model = { Name: 'model', Value: 'churn' };
  expect(metricsInLine(line)).toEqual([
    {
      namespace: 'Headgate',
      data: [
        { ...common, MetricName: 'Predictions', Dimensions: [service], Value: 1, Unit: 'Count' },
        { ...common, MetricName: 'LatencyMs', Dimensions: [service], Values: [3, 4], Unit: 'Milliseconds' },
        { ...common, MetricName: 'Predictions', Dimensions: [service, model], Value: 1, Unit: 'Count' },
        { ...common, MetricName: 'LatencyMs', Dimensions: [service, model], Values: [3, 4], Unit: 'Milliseconds' },
      ],
    },
  ]);
});

it.each(['', 'plain text', '{"level":"INFO"}', '{"_aws" broken'])('finds none in %j', (line) => {
  expect(metricsInLine(line)).toEqual([]);
});
