import type { Clock } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';

/** Namespace of every metric of the platform's own; its first dimension is the stage. */
export const NAMESPACE = 'Headgate';

/**
 * Log lines in CloudWatch's embedded metric format: CloudWatch makes metrics of them, with no call and no right.
 * Source: AWS, "Specification: Embedded metric format".
 *
 * @param write takes a line without its end; by default standard output, which CloudWatch Logs keeps
 */
export function embeddedMetrics(
  stage: string,
  clock: Clock,
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Metrics {
  return {
    put({ dimensions, dimensionSets, values, unit }) {
      const metrics = Object.keys(values).map((name) => ({ Name: name, Unit: unit }));
      const sets = dimensionSets.map((set) => ['Stage', ...set]);
      write(
        JSON.stringify({
          _aws: {
            Timestamp: clock.now().getTime(),
            CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: sets, Metrics: metrics }],
          },
          Stage: stage,
          ...dimensions,
          ...values,
        }),
      );
    },
  };
}
