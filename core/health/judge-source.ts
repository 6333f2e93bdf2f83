import type { HealthCheck } from './health-check.ts';
import { judgeLateness } from './judge-lateness.ts';
import { judgeNulls } from './judge-nulls.ts';
import { judgeRhythm } from './judge-rhythm.ts';
import { judgeVolume, settledAge } from './judge-volume.ts';
import { BucketHistory, type SourceBuckets } from './source-buckets.ts';

export interface CountedSource {
  readonly name: string;
  /** Those that may lack values and that something of the model is computed from. */
  readonly columns: readonly string[];
  /** One for each width, the narrowest first. */
  readonly buckets: readonly SourceBuckets[];
}

/**
 * Whether a source brings what it always brought. Each question is answered on the narrowest buckets that can answer it: a
 * source that is filled once a day says nothing about the last hour.
 */
export function judgeSource({ name, columns, buckets }: CountedSource): readonly HealthCheck[] {
  const subject = `source ${name}`;
  const histories = buckets.map((one) => new BucketHistory(one));
  const settled = histories.flatMap((history) => {
    const age = settledAge(history);
    return age === null ? [] : [{ history, age }];
  });
  return [
    first(histories.map((history) => judgeRhythm(subject, history))),
    ...(settled.length === 0
      ? [unsettled(subject)]
      : [
          first(settled.map(({ history, age }) => judgeVolume(subject, history, age))),
          ...(columns.length === 0
            ? []
            : [first(settled.map(({ history, age }) => judgeNulls(subject, history, columns, age)))]),
          first(settled.map(({ history, age }) => judgeLateness(subject, history, age))),
        ]),
  ];
}

function first([narrowest, ...others]: readonly HealthCheck[]): HealthCheck {
  const computable = [narrowest, ...others].find((check) => check?.outcome !== 'not-computable');
  return (computable ?? narrowest)!; // every source is counted by one width at least
}

function unsettled(subject: string): HealthCheck {
  const because = `${subject}: too little history to tell how many rows are usual`;
  return { subject, check: 'volume', outcome: 'not-computable', because, seen: null, limit: null };
}
