import { Cron } from 'croner';
import { expect, it } from 'vitest';
import { scheduleExpression } from '../../lib/schedule-expression.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

it.each([
  [1, 'cron(0/1 * * * ? *)'],
  [90_000, 'cron(0/1 * * * ? *)'],
  [5 * MINUTE_MS, 'cron(0/5 * * * ? *)'],
  [7 * MINUTE_MS, 'cron(0/1 * * * ? *)'],
  [90 * MINUTE_MS, 'cron(0/30 * * * ? *)'],
  [HOUR_MS, 'cron(0 0/1 * * ? *)'],
  [6 * HOUR_MS, 'cron(0 0/6 * * ? *)'],
  [5 * HOUR_MS, 'cron(0 0/1 * * ? *)'],
  [36 * HOUR_MS, 'cron(0 0/12 * * ? *)'],
  [DAY_MS, 'cron(0 0 * * ? *)'],
  [7 * DAY_MS, 'cron(0 0 * * ? *)'],
])('writes %i ms as %s', (everyMs, expression) => {
  expect(scheduleExpression(everyMs)).toBe(expression);
});

it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses an interval of %d ms', (everyMs) => {
  expect(() => scheduleExpression(everyMs)).toThrow(`got ${everyMs}`);
});

it.each([4, 7, 15, 45, 90, 360, 420, 2160, 10080].map((minutes) => [minutes]))(
  'fires at each of the next ticks of %i minutes',
  (minutes) => {
    const everyMs = minutes * MINUTE_MS;
    const fields = scheduleExpression(everyMs).slice('cron('.length, -1).split(' ');
    const unixCron = fields.slice(0, 5).map((field) => (field === '?' ? '*' : field.replace(/^0\//, '*/')));
    const cron = new Cron(unixCron.join(' '), { timezone: 'UTC' });
    const first = Math.ceil(Date.UTC(2026, 0, 1) / everyMs) * everyMs;
    for (let tick = first; tick < first + 20 * everyMs; tick += everyMs) {
      expect(cron.nextRun(new Date(tick - 1))?.getTime()).toBe(tick);
    }
  },
);
