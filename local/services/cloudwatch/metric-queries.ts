import * as z from 'zod';
import { templateBoolean, templateNumber } from '../read-document.ts';
import { parseMathExpression } from './metric-math.ts';
import type { MetricId, MetricStore } from './metric-store.ts';
import { checkStatistic, datapoints } from './statistics.ts';

export const Dimensions = z
  .array(z.strictObject({ Name: z.string().min(1), Value: z.string().min(1) }))
  .max(30)
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));

/** Whole seconds: 1, 5, 10, 20, 30 or a multiple of 60. */
export const Period = templateNumber.refine(
  (seconds) => [1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0),
  {
    error: 'a period is 1, 5, 10, 20 or 30 seconds or a multiple of 60',
  },
);

export const MetricQuery = z
  .strictObject({
    Id: z.string().regex(/^[a-z]\w*$/),
    Label: z.string().optional(),
    ReturnData: templateBoolean.default(true),
    Period: Period.optional(),
    AccountId: z.string().optional(),
    Expression: z.string().optional(),
    MetricStat: z
      .strictObject({
        Metric: z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions }),
        Period,
        Stat: z.string(),
        Unit: z.string().optional(),
      })
      .optional(),
  })
  .refine(({ Expression, MetricStat }) => (Expression === undefined) !== (MetricStat === undefined), {
    error: 'exactly one of Expression and MetricStat is needed',
  });
export type MetricQuery = z.infer<typeof MetricQuery>;

/** @throws Error for a statistic, an expression or an identifier that cannot be computed */
export function checkQueries(queries: readonly MetricQuery[]): void {
  const known = queries.map(({ Id }) => Id);
  for (const { MetricStat, Expression } of queries) {
    if (MetricStat !== undefined) checkStatistic(MetricStat.Stat);
    if (Expression === undefined) continue;
    const missing = parseMathExpression(Expression).identifiers.filter((identifier) => !known.includes(identifier));
    if (missing.length > 0)
      throw new Error(`metric math "${Expression}" uses ${missing.join(', ')}; known: ${known.join(', ')}`);
  }
}

/**
 * The values of one query by period start.
 *
 * @param speed how many times faster than time of day periods pass
 */
export function valuesOf(
  store: MetricStore,
  queries: readonly MetricQuery[],
  id: string,
  window: { readonly fromMs: number; readonly toMs: number },
  speed: number,
): ReadonlyMap<number, number> {
  const query = queries.find((candidate) => candidate.Id === id);
  if (query === undefined) return new Map();
  const periodMs = (periodSecondsOf(queries, query) * 1000) / speed;
  if (query.MetricStat !== undefined) {
    const points = datapoints(store, metricIdOf(query.MetricStat.Metric), query.MetricStat.Stat, {
      ...window,
      periodMs,
    });
    return new Map(points.map(({ atMs, value }) => [atMs, value]));
  }
  const expression = parseMathExpression(query.Expression ?? '');
  const inputs = new Map(
    expression.identifiers.map((identifier) => [identifier, valuesOf(store, queries, identifier, window, speed)]),
  );
  const result = new Map<number, number>();
  const count = Math.ceil((window.toMs - window.fromMs) / periodMs);
  for (let index = 0; index < count; index++) {
    const atMs = window.fromMs + index * periodMs; // computed as datapoints() does, so that the keys agree
    const value = expression.evaluate((identifier) => inputs.get(identifier)?.get(atMs));
    if (value !== undefined) result.set(atMs, value);
  }
  return result;
}

/** An expression has the period of the metrics it is made of. */
export function periodSecondsOf(queries: readonly MetricQuery[], query: MetricQuery): number {
  return (
    query.MetricStat?.Period ?? query.Period ?? queries.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 60
  );
}

function metricIdOf(metric: NonNullable<MetricQuery['MetricStat']>['Metric']): MetricId {
  return { namespace: metric.Namespace, name: metric.MetricName, dimensions: metric.Dimensions };
}
