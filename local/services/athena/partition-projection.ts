import type { RegionClock } from '../../service.ts';
import type { GlueTable } from '../glue/catalog.ts';
import { QueryError } from './sql-tree.ts';

/** Whether a partition key's text is inside what the table's projection enumerates. */
export type Projected = (value: string) => boolean;

/**
 * The projection of one partition key, from `projection.<key>.…` of the table's parameters. Undefined when the table
 * has no projection: Athena then reads registered partitions only.
 * Source: "Supported types for partition projection", Amazon Athena User Guide.
 */
export function projectionOf(table: GlueTable, key: string, clock: RegionClock): Projected | undefined {
  const parameters = table.Parameters ?? {};
  if (parameters['projection.enabled']?.toLowerCase() !== 'true') return undefined;
  const setting = (name: string) => parameters[`projection.${key}.${name}`];
  const type = setting('type')?.toLowerCase();
  switch (type) {
    case 'enum': {
      const values = new Set(
        required('values')
          .split(',')
          .map((value) => value.trim()),
      );
      return (value) => values.has(value);
    }
    case 'integer':
      return integers(required('range'), setting('interval'), setting('digits'));
    case 'date':
      return dates(required('range'), required('format'), clock);
    case 'injected':
      return () => true;
    default:
      throw invalid(`projection.${key}.type is "${type}"; allowed are enum, integer, date, injected`);
  }

  function required(name: string): string {
    const value = setting(name);
    if (value === undefined) throw invalid(`projection.${key}.${name} is missing`);
    return value;
  }
}

/** Whether Athena asks for an equality condition on the key, since it can not enumerate it. */
export function isInjected(table: GlueTable, key: string): boolean {
  return table.Parameters?.[`projection.${key}.type`]?.toLowerCase() === 'injected';
}

function integers(range: string, interval = '1', digits: string | undefined): Projected {
  const [from, to] = range.split(',').map((bound) => BigInt(bound.trim()));
  if (from === undefined || to === undefined) throw invalid(`the integer range "${range}" is not "from,to"`);
  const step = BigInt(interval);
  return (value) => {
    if (!/^-?\d+$/.test(value) || (digits !== undefined && value.length !== Number(digits))) return false;
    const number = BigInt(value);
    return number >= from && number <= to && (number - from) % step === 0n;
  };
}

function dates(range: string, format: string, clock: RegionClock): Projected {
  const [fromText = '', toText = ''] = range.split(',').map((bound) => bound.trim());
  const pattern = datePattern(format);
  const from = instant(fromText, pattern, clock);
  const to = instant(toText, pattern, clock);
  // the unit is the finest of the format, so a value equal to the bound's own text is inside
  return (value) => {
    const at = parseDate(value, pattern);
    return at !== undefined && at >= from && at <= to;
  };
}

interface DatePattern {
  readonly regex: RegExp;
  readonly fields: readonly string[];
}

const FIELDS: Readonly<Record<string, string>> = {
  yyyy: '\\d{4}',
  MM: '\\d{2}',
  dd: '\\d{2}',
  HH: '\\d{2}',
  mm: '\\d{2}',
  ss: '\\d{2}',
};

/** Reads a Java date format of fixed-width fields: `yyyy-MM-dd`, `yyyy/MM/dd/HH`, `yyyyMMdd`. */
function datePattern(format: string): DatePattern {
  const fields: string[] = [];
  const source = format.replace(/yyyy|MM|dd|HH|mm|ss|'([^']*)'|[\s\S]/g, (token, quoted: string | undefined) => {
    if (FIELDS[token] !== undefined) {
      fields.push(token);
      return `(${FIELDS[token]})`;
    }
    const text = quoted ?? token;
    if (quoted === undefined && /[a-zA-Z]/.test(text))
      throw invalid(`the date format "${format}" has "${text}"; known are ${Object.keys(FIELDS).join(', ')}`);
    return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return { regex: new RegExp(`^${source}$`), fields };
}

function parseDate(text: string, { regex, fields }: DatePattern): number | undefined {
  const match = regex.exec(text);
  if (match === null) return undefined;
  const field = (name: string, otherwise: number) => {
    const index = fields.indexOf(name);
    return index === -1 ? otherwise : Number(match[index + 1]);
  };
  const [month, day] = [field('MM', 1), field('dd', 1)];
  const at = Date.UTC(field('yyyy', 1970), month - 1, day, field('HH', 0), field('mm', 0), field('ss', 0));
  const isReal = new Date(at).getUTCMonth() === month - 1 && new Date(at).getUTCDate() === day;
  return isReal ? at : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { SECOND: 1e3, MINUTE: 6e4, HOUR: 36e5, DAY: 864e5, WEEK: 6048e5 };

/** A bound of a date range: a date in the format, or `NOW`, `NOW-3DAYS`, `NOW+1YEAR`. */
function instant(text: string, pattern: DatePattern, clock: RegionClock): number {
  const relative = /^NOW(?:\s*([+-])\s*(\d+)\s*([A-Z]+?)S?)?$/i.exec(text);
  if (relative === null) {
    const at = parseDate(text, pattern);
    if (at === undefined) throw invalid(`"${text}" is neither NOW±n UNITS nor a date in the projection's format`);
    return at;
  }
  const [, sign = '+', count = '0', unit = 'DAY'] = relative;
  const amount = Number(count) * (sign === '-' ? -1 : 1);
  const now = clock.now();
  const unitMs = UNIT_MS[unit.toUpperCase()];
  if (unitMs !== undefined) return now.getTime() + amount * unitMs;
  const months = unit.toUpperCase() === 'YEAR' ? 12 * amount : unit.toUpperCase() === 'MONTH' ? amount : undefined;
  if (months === undefined) throw invalid(`"${text}" has the unit "${unit}"; known are seconds to years`);
  return new Date(now).setUTCMonth(now.getUTCMonth() + months);
}

function invalid(message: string): QueryError {
  return new QueryError(`INVALID_TABLE_PROPERTY: ${message}`);
}
