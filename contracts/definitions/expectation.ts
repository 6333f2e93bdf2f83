import * as z from 'zod';
import { DAY_MS, MINUTE_MS } from '../../core/clock.ts';
import type { Expectation, RowExpectation, RunExpectation } from '../../core/definitions/expectation.ts';
import { DefinedName } from './defined-name.ts';
import { refuse } from './definition-error.ts';
import { durationBetween } from './duration.ts';
import {
  deepFreeze,
  numberBetween,
  oneOf,
  quoteValue,
  readInput,
  Sentence,
  strictObject,
  wholeBetween,
} from './read-input.ts';

const Share = numberBetween(0, 1);
const Times = numberBetween(0, Number.MAX_VALUE);

/** What every rule about rows may say. Severity has no default: it decides what happens to data. */
const ForRows = {
  name: DefinedName.optional(),
  severity: oneOf(['quarantine', 'block', 'warn']),
  /** Share of rows that may break it before `block` or `warn` speaks. */
  maxShare: Share.default(0),
};
const ForRuns = { name: DefinedName.optional(), severity: oneOf(['block', 'warn']) };

const Bound = z.union([z.number(), z.iso.datetime({ offset: true })], {
  error: (issue) =>
    `${quoteValue(issue.input)} is not a bound; write a number or an instant, for example "2024-01-31T00:00:00Z"`,
});

const RangeInput = strictObject({ ...ForRows, atLeast: Bound.optional(), atMost: Bound.optional() });
const RowInput = strictObject(ForRows);
const Members = z
  .array(z.union([z.string(), z.number()]), 'must be a list of texts or numbers, for example ["DE", "FR"]')
  .min(1, 'has no value; write at least one that is allowed')
  .max(1_000, 'has too many values; at most 1000 are allowed');
const NullShareInput = strictObject({ ...ForRuns, atMost: Share });
const FreshInput = strictObject({ ...ForRuns, atMost: durationBetween(MINUTE_MS, 365 * DAY_MS) });
const UniqueInput = strictObject(ForRuns);
const VolumeInput = strictObject({
  ...ForRuns,
  atLeast: Times.default(0),
  atMost: Times.default(Number.MAX_VALUE),
  /** Runs that have to be known before it can be judged. */
  minRuns: wholeBetween(1, 20).default(5),
});

/** Every row satisfies a condition over the source's columns, as SQL's CHECK: a null answer breaks nothing. */
export function expectRow(name: string, condition: string, options: z.input<typeof RowInput>): RowExpectation {
  return rowRule('expectRow', name, condition, readInput('expectRow', RowInput, { name, ...options }));
}

/** The column, or an expression over columns, has a value in every row. */
export function expectNotNull(input: string, options: z.input<typeof RowInput>): RowExpectation {
  const what = 'expectNotNull';
  return rowRule(what, `${input}_not_null`, `${textOf(what, input)} is not null`, readInput(what, RowInput, options));
}

/**
 * A number or timestamp lies between two limits, both included; one of them may be left out. A missing value breaks
 * nothing: add `expectNotNull` where it has to be there.
 */
export function expectRange(input: string, options: z.input<typeof RangeInput>): RowExpectation {
  const what = 'expectRange';
  const { atLeast, atMost, ...read } = readInput(what, RangeInput, options);
  const problems = [];
  if (atLeast === undefined && atMost === undefined) {
    problems.push({ path: 'atLeast', problem: 'is missing, and so is atMost; write at least one of them' });
  }
  if (atLeast !== undefined && atMost !== undefined && instantOrNumber(atLeast) > instantOrNumber(atMost)) {
    problems.push({ path: 'atLeast', problem: `${quoteValue(atLeast)} is more than atMost, ${quoteValue(atMost)}` });
  }
  refuse(what, problems);
  const value = textOf(what, input);
  const parts = [
    ...(atLeast === undefined ? [] : [`${value} >= ${boundText(atLeast)}`]),
    ...(atMost === undefined ? [] : [`${value} <= ${boundText(atMost)}`]),
  ];
  return rowRule(what, `${input}_in_range`, parts.join(' and '), read);
}

/** The value is one of those listed; a missing value breaks nothing. */
export function expectSet(
  input: string,
  values: readonly (string | number)[],
  options: z.input<typeof RowInput>,
): RowExpectation {
  const what = 'expectSet';
  const members = readInput(what, strictObject({ values: Members }), { values }).values;
  const list = members.map((member) => literal(member)).join(', ');
  const condition = `${textOf(what, input)} in (${list})`;
  return rowRule(what, `${input}_in_set`, condition, readInput(what, RowInput, options));
}

/** At most this share of the rows of a run, 0 to 1, lacks the feature. */
export function expectNullShare(feature: string, options: z.input<typeof NullShareInput>): RunExpectation {
  const { name, ...read } = readInput('expectNullShare', NullShareInput, options);
  return runRule('expectNullShare', name, `${feature}_null_share`, { kind: 'null_share', feature, ...read });
}

/** No two source rows of a run agree in all of these columns; rows that lack one of them agree with no other. */
export function expectUnique(columns: readonly string[], options: z.input<typeof UniqueInput>): RunExpectation {
  const { name, severity } = readInput('expectUnique', UniqueInput, options);
  const own = `${columns.join('_')}_unique`;
  return runRule('expectUnique', name, own, { kind: 'unique', columns: [...columns], severity });
}

/** The newest event of the source is at most this old when a run is planned. */
export function expectFresh(options: z.input<typeof FreshInput>): RunExpectation {
  const { name, severity, atMost } = readInput('expectFresh', FreshInput, options);
  return runRule('expectFresh', name, 'fresh', { kind: 'freshness', atMostMs: atMost, severity });
}

/**
 * A run has neither too few nor too many rows, as a multiple of the median of up to 20 runs before it (`atLeast: 0.5`:
 * half as many). Views of aggregates are compared by rows per tick. Not computable, and so without consequence,
 * before `minRuns` (5) runs; the first run of a version and runs over a range that was asked for do not count.
 */
export function expectVolume(options: z.input<typeof VolumeInput>): RunExpectation {
  const { name, severity, atLeast, atMost, minRuns } = readInput('expectVolume', VolumeInput, options);
  if (atLeast === 0 && atMost === Number.MAX_VALUE) {
    refuse('expectVolume', [{ path: 'atLeast', problem: 'is missing, and so is atMost; write at least one of them' }]);
  }
  if (atLeast > atMost) {
    refuse('expectVolume', [{ path: 'atLeast', problem: `${atLeast} is more than atMost, ${atMost}` }]);
  }
  const limits = { atLeastShare: atLeast, atMostShare: atMost, minRuns };
  return runRule('expectVolume', name, 'volume', { kind: 'volume', severity, ...limits });
}

/** For inputs that hold expectations. */
export const ExpectationReference = z.custom<Expectation>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && 'severity' in value,
  {
    error: (issue) =>
      `${quoteValue(issue.input)} is not an expectation; write expectRow(), expectNotNull(), expectRange(), expectSet(), expectNullShare(), expectUnique(), expectFresh() or expectVolume()`,
  },
);

function rowRule(
  what: string,
  ownName: string,
  condition: string,
  { name = ownName, severity, maxShare }: z.output<typeof RowInput>,
): RowExpectation {
  if (severity === 'quarantine' && maxShare > 0) {
    const problem = `${maxShare} is not allowed with severity "quarantine", which sets every row aside that breaks the rule; leave it out`;
    refuse(what, [{ path: 'maxShare', problem }]);
  }
  return deepFreeze({ kind: 'row', name: named(what, name), condition: textOf(what, condition), severity, maxShare });
}

type Unnamed<T> = T extends RunExpectation ? Omit<T, 'name'> : never;

function runRule(
  what: string,
  name: string | undefined,
  ownName: string,
  rule: Unnamed<RunExpectation>,
): RunExpectation {
  return deepFreeze({ ...rule, name: named(what, name ?? ownName) });
}

/** Rules are named after what they look at; where that gives no name, their author has to. */
function named(what: string, name: string): string {
  if (DefinedName.safeParse(name).success) return name;
  const problem = `is missing: ${quoteValue(name)} cannot be a name; write name: "…", a lower-case letter, then up to 39 lower-case letters, digits or _`;
  refuse(what, [{ path: 'name', problem }]);
  return name;
}

function textOf(what: string, text: string): string {
  return readInput(what, strictObject({ condition: Sentence }), { condition: text }).condition;
}

function instantOrNumber(bound: string | number): number {
  return typeof bound === 'string' ? Date.parse(bound) : bound;
}

/** A value as the grammar of expressions spells it. */
function literal(value: string | number): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

function boundText(bound: string | number): string {
  return typeof bound === 'string' ? `timestamp '${new Date(bound).toISOString()}'` : String(bound);
}
