import { expect, it } from 'vitest';
import { embeddedMetrics } from '../../../lambdas/adapters/system/embedded-metrics.ts';
import { metricsInLine } from '../../../local/services/lambda/metric-lines.ts';
import { fixedClock } from '../../memory/memory-clock-and-ids.ts';

it('writes a line that CloudWatch reads as one number for each set of dimensions', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const lines: string[] = [];
  embeddedMetrics('dev', fixedClock(now), (line) => lines.push(line)).put({
    dimensions: { View: 'spend' },
    dimensionSets: [[], ['View']],
    values: { BlockedMaterializations: 1 },
    unit: 'Count',
  });
  expect(lines).toHaveLength(1);
  const datum = {
    name: 'BlockedMaterializations',
    values: [1],
    unit: 'Count',
    timestampMs: now,
    storageResolution: 60,
  };
  expect(metricsInLine(lines[0]!)).toEqual([
    {
      namespace: 'Headgate',
      data: [
        { ...datum, dimensions: { Stage: 'dev' } },
        { ...datum, dimensions: { Stage: 'dev', View: 'spend' } },
      ],
    },
  ]);
});
