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
  const common = { timestampMs: 1_767_225_600_000, storageResolution: 60 };
  const counted = { ...common, name: 'Predictions', values: [1], unit: 'Count' };
  const timed = { ...common, name: 'LatencyMs', values: [3, 4], unit: 'Milliseconds' };
  const byService = { service: 'headgate' };
  const byModel = { service: 'headgate', model: 'churn' };
  expect(metricsInLine(line)).toEqual([
    {
      namespace: 'Headgate',
      data: [
        { ...counted, dimensions: byService },
        { ...timed, dimensions: byService },
        { ...counted, dimensions: byModel },
        { ...timed, dimensions: byModel },
      ],
    },
  ]);
});

it.each(['', 'plain text', '{"level":"INFO"}', '{"_aws" broken'])('finds none in %j', (line) => {
  expect(metricsInLine(line)).toEqual([]);
});
