import { type Command, InvalidArgumentError } from 'commander';
import { DAY_MS } from '../../core/clock.ts';
import { UsageError } from '../cli-error.ts';
import { predict, printPrediction, questionOf } from './predict.ts';
import { predictLoad, printLoad } from './predict-load.ts';
import type { VerbContext } from './verb-context.ts';

interface PredictFlags {
  readonly context: readonly string[];
  readonly from?: string;
  readonly rps: number;
  readonly for: number;
  readonly record?: string;
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Arguments and options of `predict`: one entity, or the rows of a file as traffic. */
export function describePredict<O>(command: Command, contextOf: (options: O) => VerbContext): void {
  command
    .description(
      'the prediction for one entity, for example: predict repeat_buyer customer_id=C00042; or traffic from a file with --from',
    )
    .option(
      '--context <pair>',
      'a value that comes with the request, for example amount=12.50; once for each',
      (pair: string, before: readonly string[]) => [...before, pair],
      [],
    )
    .option('--from <file.csv>', 'ask for its rows, over and over: a column per join key and request-time value')
    .option('--rps <number>', 'with --from: requests per second', requestsPerSecond, 10)
    .option('--for <time>', 'with --from: how long, for example 30s or 5m', lengthOfTime, 30_000)
    .option('--record <file>', 'with --from: write a line of JSON per request')
    .action(async (model: string, pairs: string[], options: O & PredictFlags) => {
      const { from, rps, for: forMs, record } = options;
      const context = contextOf(options);
      if (from === undefined) {
        if (pairs.length === 0) throw new UsageError('predict takes an entity, or --from with a file');
        printPrediction(context, await predict(context, model, questionOf(pairs, options.context)));
        return;
      }
      if (pairs.length > 0 || options.context.length > 0) {
        throw new UsageError('predict takes either an entity or --from: the file has entities and request-time values');
      }
      printLoad(
        context,
        await predictLoad(context, model, { from, rps, forMs, ...(record !== undefined && { record }) }),
      );
    });
}

function requestsPerSecond(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= 10_000) return rate;
  throw new InvalidArgumentError('It is a number above 0, at most 10000.');
}

function lengthOfTime(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (UNIT_MS[unit as keyof typeof UNIT_MS] ?? Number.NaN); // no such unit gives NaN
  if (number !== '' && ms > 0 && ms <= DAY_MS) return ms;
  throw new InvalidArgumentError('It is a length of time such as 500ms, 30s, 5m or 1h, at most 24h.');
}
