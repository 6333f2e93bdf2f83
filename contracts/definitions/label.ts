import * as z from 'zod';
import { DAY_MS, MINUTE_MS } from '../../core/clock.ts';
import { AGGREGATIONS } from '../../core/definitions/feature-view.ts';
import type { Label, Model } from '../../core/definitions/model.ts';
import type { Source } from '../../core/definitions/source.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { columnRecord } from './defined-name.ts';
import { refuse } from './definition-error.ts';
import { durationBetween, tickProblem } from './duration.ts';
import { aggregateType, expectBoolean, expressionType } from './feature-type.ts';
import { deepFreeze, oneOf, quoteValue, readInput, Sentence, strictObject } from './read-input.ts';
import { SourceReference } from './source.ts';

const Horizon = durationBetween(MINUTE_MS, 365 * DAY_MS);
const Keys = z.record(z.string(), z.string(), 'must be { join_key: "source_column" }').default({});
const Sql = Sentence;

const ObservedInput = strictObject({
  source: SourceReference,
  keys: Keys,
  /** Condition (binary) or number (regression) over a row. */
  value: Sql,
  where: Sql.nullable().default(null),
  /** How long after its event time the truth is known. */
  horizon: durationBetween(0, 365 * DAY_MS).default(0),
  /** What a request would have brought at the row, by request field of the model's on-demand features: SQL over the row. */
  context: columnRecord(Sql, 'request-time value').default({}),
});

const FutureInput = strictObject({
  source: SourceReference,
  keys: Keys,
  /** Interval of the instants that get a label, counted from the Unix epoch. */
  every: durationBetween(MINUTE_MS, 365 * DAY_MS),
  /** An entity gets a label at an instant when it has a row at most so much before. */
  activeWithin: durationBetween(MINUTE_MS, 365 * DAY_MS),
  aggregation: oneOf(AGGREGATIONS),
  input: Sql.nullable().default(null),
  where: Sql.nullable().default(null),
  /** How far the label looks ahead. */
  horizon: Horizon,
  /** Makes the label positive when the aggregate reaches it; for binary models. */
  positiveAtLeast: z.number('must be a number').nullable().default(null),
});

/** A label whose join keys `model` still has to place. */
export interface LabelInput {
  readonly label: Label;
  readonly source: Source;
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * One label per source row, at the row's event time. Defaults: it is known at once (`horizon: '0s'`), and on-demand
 * features read nothing from the request (`context: {}`).
 */
export function observedLabel(input: z.input<typeof ObservedInput>): LabelInput {
  const { source, keys, value, where, horizon, context } = readInput('observedLabel', ObservedInput, input);
  const label: Label = {
    kind: 'observed',
    source: source.name,
    keyColumns: [],
    value,
    where,
    horizonMs: horizon,
    context: Object.entries(context).map(([name, sql]) => ({ name, sql })),
  };
  refuse('observedLabel', labelProblems(label, source));
  return deepFreeze({ label, source, keys });
}

/** One label per instant and active entity: an aggregate over what happens within the horizon after it. */
export function futureLabel(input: z.input<typeof FutureInput>): LabelInput {
  const read = readInput('futureLabel', FutureInput, input);
  const label: Label = {
    kind: 'future',
    source: read.source.name,
    keyColumns: [],
    everyMs: read.every,
    activeWithinMs: read.activeWithin,
    aggregation: read.aggregation,
    input: read.input,
    where: read.where,
    horizonMs: read.horizon,
    positiveAtLeast: read.positiveAtLeast,
  };
  refuse('futureLabel', labelProblems(label, read.source));
  return deepFreeze({ label, source: read.source, keys: read.keys });
}

/** What is wrong between a label and its source. */
export function labelProblems(label: Label, from: Source): readonly { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const attempt = (path: string, check: () => void): void => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.push({ path, problem: error.message });
    }
  };
  const { where } = label;
  if (where !== null) attempt('where', () => expectBoolean('where', where, from));
  if (label.kind === 'observed') {
    attempt('value', () => {
      const type = expressionType(label.value, from);
      if (type === 'string' || type === 'timestamp') {
        throw new InvalidInputError(
          `${quoteValue(label.value)} is a ${type}; write a condition (binary) or a number (regression)`,
        );
      }
    });
    for (const { name, sql } of label.context) attempt(`context.${name}`, () => void expressionType(sql, from));
    return problems;
  }
  for (const [path, spanMs] of [
    ['activeWithin', label.activeWithinMs],
    ['horizon', label.horizonMs],
  ] as const) {
    const problem = tickProblem('a span', spanMs, '`every`', label.everyMs);
    if (problem !== null) problems.push({ path, problem });
  }
  if ('fixedMs' in from.eventTime) {
    problems.push({
      path: 'source',
      problem: `source ${from.name} has a fixed event time and so no future; use observedLabel`,
    });
  }
  attempt('input', () => {
    const type = aggregateType(label.aggregation, label.input, from);
    if (type !== 'int64' && type !== 'float64') {
      throw new InvalidInputError(
        `${label.aggregation} of ${quoteValue(label.input)} is a ${type}; a label is a number`,
      );
    }
  });
  return problems;
}

/** What is wrong between a label and the problem its model solves. */
export function problemKindProblems(
  label: Label,
  problem: Model['problem'],
  from: Source,
): readonly { path: string; problem: string }[] {
  if (label.kind === 'future') {
    const isBinary = label.positiveAtLeast !== null;
    if (isBinary === (problem === 'binary')) return [];
    const fix = isBinary ? 'leave positiveAtLeast out' : 'write positiveAtLeast, for example 1';
    return [
      {
        path: 'label.positiveAtLeast',
        problem: `${quoteValue(label.positiveAtLeast)} does not fit a ${problem} model; ${fix}`,
      },
    ];
  }
  const type = expressionType(label.value, from);
  if ((type === 'boolean') === (problem === 'binary')) return [];
  const fix = problem === 'binary' ? `a condition, for example "${label.value} > 0"` : 'a number';
  return [
    {
      path: 'label.value',
      problem: `${quoteValue(label.value)} is a ${type}, which does not fit a ${problem} model; write ${fix}`,
    },
  ];
}
