import { Cron } from 'croner';

/** When a schedule fires next. */
export interface ScheduleTimes {
  /** The first instant after `after`; undefined when there is none any more. */
  next(after: Date): Date | undefined;
}

const UNITS_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Reads `rate(5 minutes)`, `cron(0 12 * * ? *)` and, where allowed, `at(2026-01-31T12:00:00)`.
 *
 * A rate counts from its start: it first fires one interval later.
 *
 * @param timeZone IANA name; cron and at are read in it
 * @throws Error that says what is allowed
 */
export function parseScheduleExpression(
  expression: string,
  timeZone = 'UTC',
  options: { readonly allowsAt: boolean } = { allowsAt: true },
): ScheduleTimes {
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rate(body, expression);
  if (kind === 'cron') return cron(body, expression, timeZone);
  if (kind === 'at' && options.allowsAt) return at(body, expression, timeZone);
  const known = options.allowsAt ? 'rate(…), cron(…) or at(…)' : 'rate(…) or cron(…)';
  throw new Error(`"${expression}" is not a schedule; allowed: ${known}`);
}

function rate(body: string, expression: string): ScheduleTimes {
  const [, digits, unit] = /^(\d+) (minute|hour|day)s?$/.exec(body.trim()) ?? [];
  const count = Number(digits);
  if (unit === undefined || !Number.isInteger(count) || count < 1) {
    throw new Error(`"${expression}" is not a rate; allowed: rate(N minutes|hours|days), N at least 1`);
  }
  const isPlural = body.trim().endsWith('s');
  if (isPlural !== count > 1) throw new Error(`"${expression}": the unit is singular for 1 and plural otherwise`);
  const intervalMs = count * UNITS_MS[unit as keyof typeof UNITS_MS]; // one of the three, by the pattern
  return { next: (after) => new Date(after.getTime() + intervalMs) };
}

function cron(body: string, expression: string, timeZone: string): ScheduleTimes {
  const fields = body.trim().split(/\s+/);
  const [minute, hour, dayOfMonth = '', month, dayOfWeek = '', year] = fields;
  if (fields.length !== 6) {
    throw new Error(`"${expression}" has ${fields.length} fields; cron has 6: minute hour day month weekday year`);
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error(`"${expression}": exactly one of day-of-month and day-of-week must be ?`);
  }
  // croner's first field is the second, and it counts weekdays from another day: names are safe.
  const pattern = [
    '0',
    stepsWithEnd(minute, 59),
    stepsWithEnd(hour, 23),
    stepsWithEnd(dayOfMonth, 31),
    stepsWithEnd(month, 12),
    weekdayNames(dayOfWeek),
    stepsWithEnd(year, 2199),
  ].join(' ');
  let times: Cron;
  try {
    times = new Cron(pattern, { timezone: timeZone, paused: true });
  } catch (error) {
    throw new Error(`"${expression}" in time zone ${timeZone}: ${String(error)}`);
  }
  return { next: (after) => times.nextRun(after) ?? undefined };
}

/** On AWS `0/6` starts at 0 and has no end but the field's own; croner wants it named. */
function stepsWithEnd(field = '', last: number): string {
  return field.replace(/(?<![-\d])(\d+)\//g, `$1-${last}/`);
}

/** AWS counts 1 = SUN to 7 = SAT; `6L` is the last Friday of the month, `2#1` the first Monday. */
function weekdayNames(field: string): string {
  return field
    .replace(/(?<![#/\d])([1-7])(?!\d)/g, (digit) => DAYS[Number(digit) - 1] ?? digit)
    .replace(/([A-Z]{3})L/g, '$1#L');
}

function at(body: string, expression: string, timeZone: string): ScheduleTimes {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body)) {
    throw new Error(`"${expression}" is not an instant; allowed: at(yyyy-mm-ddThh:mm:ss)`);
  }
  const times = new Cron(body, { timezone: timeZone, paused: true });
  return { next: (after) => times.nextRun(after) ?? undefined };
}
