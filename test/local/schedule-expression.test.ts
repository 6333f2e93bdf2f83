import { describe, expect, it } from 'vitest';
import { parseScheduleExpression } from '../../local/services/scheduler/schedule-expression.ts';

describe('a schedule fires next', () => {
  // 2026-01-30 is a Friday.
  it.each([
    ['rate(1 minute)', 'UTC', '2026-01-30T10:00:30Z', '2026-01-30T10:01:30.000Z'],
    ['rate(2 hours)', 'UTC', '2026-01-30T10:00:00Z', '2026-01-30T12:00:00.000Z'],
    ['rate(1 day)', 'UTC', '2026-01-30T10:00:00Z', '2026-01-31T10:00:00.000Z'],
    ['cron(0 12 * * ? *)', 'UTC', '2026-01-30T10:00:00Z', '2026-01-30T12:00:00.000Z'],
    ['cron(0 12 * * ? *)', 'UTC', '2026-01-30T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['cron(15 10 ? * 6 *)', 'UTC', '2026-01-30T10:00:00Z', '2026-01-30T10:15:00.000Z'],
    ['cron(15 10 ? * 1 *)', 'UTC', '2026-01-30T10:00:00Z', '2026-02-01T10:15:00.000Z'],
    ['cron(15 10 ? * MON-FRI *)', 'UTC', '2026-01-30T11:00:00Z', '2026-02-02T10:15:00.000Z'],
    ['cron(0 8 ? * 2#1 *)', 'UTC', '2026-01-30T10:00:00Z', '2026-02-02T08:00:00.000Z'],
    ['cron(0 8 ? * 6L *)', 'UTC', '2026-01-30T10:00:00Z', '2026-02-27T08:00:00.000Z'],
    ['cron(0 8 L * ? *)', 'UTC', '2026-02-01T00:00:00Z', '2026-02-28T08:00:00.000Z'],
    ['cron(0/15 * * * ? *)', 'UTC', '2026-01-30T10:01:00Z', '2026-01-30T10:15:00.000Z'],
    ['cron(0 0 1 1 ? 2030)', 'UTC', '2026-01-30T10:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['cron(0 9 * * ? *)', 'Europe/Berlin', '2026-06-01T00:00:00Z', '2026-06-01T07:00:00.000Z'],
    ['cron(0 9 * * ? *)', 'Europe/Berlin', '2026-12-01T00:00:00Z', '2026-12-01T08:00:00.000Z'],
    ['at(2026-06-01T09:00:00)', 'Europe/Berlin', '2026-01-01T00:00:00Z', '2026-06-01T07:00:00.000Z'],
  ])('%s in %s after %s', (expression, zone, after, expected) => {
    expect(parseScheduleExpression(expression, zone).next(new Date(after))?.toISOString()).toBe(expected);
  });

  it.each(['at(2020-01-01T00:00:00)', 'cron(0 0 1 1 ? 2020)'])('never, when %s is over', (expression) => {
    expect(parseScheduleExpression(expression).next(new Date('2026-01-01T00:00:00Z'))).toBeUndefined();
  });
});

it.each([
  ['every 5 minutes', 'not a schedule'],
  ['rate(0 minutes)', 'not a rate'],
  ['rate(1 minutes)', 'singular'],
  ['rate(5 minute)', 'singular'],
  ['rate(1 week)', 'not a rate'],
  ['cron(0 12 * * ?)', '5 fields'],
  ['cron(0 12 * * * *)', 'exactly one'],
  ['cron(0 12 ? * ? *)', 'exactly one'],
  ['cron(61 12 * * ? *)', '61'],
  ['at(tomorrow)', 'not an instant'],
])('%s is refused', (expression, message) => {
  expect(() => parseScheduleExpression(expression)).toThrow(message);
});
