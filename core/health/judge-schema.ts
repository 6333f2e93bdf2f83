import type { Source } from '../definitions/source.ts';
import type { HealthCheck } from './health-check.ts';

/**
 * Whether a source still has what the release reads of it, under the meaning it had: columns that are gone or are of another
 * type, another event time, another knowledge time. New columns and columns that the release does not read change nothing for it.
 *
 * @param columns those that the release reads
 * @param now the deployed definition; null when there is none of that name any more
 */
export function judgeSchema(then: Source, columns: readonly string[], now: Source | null): HealthCheck {
  const subject = `source ${then.name}`;
  const changes = now === null ? ['no deployed definition has that name'] : changesOf(then, columns, now);
  const check = { subject, check: 'schema' as const, seen: changes.length, limit: 0 };
  return changes.length === 0
    ? {
        ...check,
        outcome: 'healthy',
        because: `${subject}: it has the ${columns.length} columns that the release reads`,
      }
    : { ...check, outcome: 'unhealthy', because: `${subject}: ${changes.join(', ')}` };
}

function changesOf(then: Source, columns: readonly string[], now: Source): readonly string[] {
  const typeIn = (source: Source, column: string) => source.columns.find(({ name }) => name === column)?.type;
  const ofColumns = columns.flatMap((column) => {
    const [before, after] = [typeIn(then, column), typeIn(now, column)];
    if (before === undefined || before === after) return [];
    return [
      after === undefined ? `column ${column} is gone` : `column ${column} is of type ${after}, it was ${before}`,
    ];
  });
  const eventTime =
    timeText(then) === timeText(now) ? [] : [`event time comes from ${timeText(now)}, it came from ${timeText(then)}`];
  const known = [then.knownAtColumn, now.knownAtColumn].map((column) => column ?? 'no column');
  const knownAt = known[0] === known[1] ? [] : [`knowledge time comes from ${known[1]}, it came from ${known[0]}`];
  return [...ofColumns, ...eventTime, ...knownAt];
}

function timeText({ eventTime }: Source): string {
  return 'column' in eventTime
    ? `column ${eventTime.column}`
    : `the instant ${new Date(eventTime.fixedMs).toISOString()}`;
}
