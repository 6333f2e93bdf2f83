import type { GlueColumn } from '../glue/catalog.ts';
import type { BufferedRecord } from './record-buffer.ts';

/** A record that can not be converted, and why. */
export interface BadRecord {
  readonly record: BufferedRecord;
  readonly code: string;
  readonly message: string;
}

// In Node since 21 and in no TypeScript library yet: numbers keep the digits they were written with.
const rawJson = (JSON as unknown as { rawJSON(text: string): object }).rawJSON;
const parseExactly = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

class MalformedError extends Error {}

/**
 * Turns records into JSON lines with the members of the table's columns, names in lower case. A record may hold
 * several lines. Members the table does not name are dropped, as the JSON SerDes do.
 */
export function conformRecords(
  records: readonly BufferedRecord[],
  columns: readonly GlueColumn[],
): { readonly lines: readonly string[]; readonly bad: readonly BadRecord[] } {
  const lines: string[] = [];
  const bad: BadRecord[] = [];
  for (const record of records) {
    try {
      const documents = record.data
        .toString('utf8')
        .split('\n')
        .filter((line) => line.trim() !== '');
      if (documents.length === 0) throw new MalformedError('the record is empty');
      lines.push(...documents.map((document) => conform(document, columns)));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      bad.push({ record, code: 'DataFormatConversion.MalformedData', message: error.message });
    }
  }
  return { lines, bad };
}

function conform(document: string, columns: readonly GlueColumn[]): string {
  const parsed = parse(document);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MalformedError('the record is not a JSON object');
  }
  const members = new Map(Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), value as unknown]));
  const values = columns.map(({ Name, Type }) => {
    const name = Name.toLowerCase();
    return [name, conformed(name, Type.toLowerCase(), members.get(name) ?? null)] as const;
  });
  return JSON.stringify(Object.fromEntries(values));
}

function parse(document: string): unknown {
  try {
    return parseExactly(document, (_, value, { source }) =>
      typeof value === 'number' &&
      Number.isInteger(value) &&
      !Number.isSafeInteger(value) &&
      /^-?\d+$/.test(source ?? '')
        ? rawJson(source!)
        : value,
    );
  } catch (error) {
    throw new MalformedError(`the record is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function conformed(name: string, type: string, value: unknown): unknown {
  if (value === null) return null;
  const text = JSON.stringify(value);
  const unquoted = typeof value === 'string' ? value : text;
  const wrong = () => new MalformedError(`column ${name} is ${type}, and the record has ${text.slice(0, 100)}`);
  switch (type.replace(/\(.*/, '')) {
    case 'string':
    case 'varchar':
    case 'char':
      return unquoted;
    case 'bigint':
    case 'int':
    case 'integer':
    case 'smallint':
    case 'tinyint':
      if (!/^-?\d+$/.test(unquoted) || !fits(type, unquoted)) throw wrong();
      return rawJson(String(BigInt(unquoted)));
    case 'double':
    case 'float':
    case 'real':
    case 'decimal':
      if (unquoted.trim() === '' || !Number.isFinite(Number(unquoted))) throw wrong();
      return rawJson(JSON.stringify(Number(unquoted)));
    case 'boolean':
      if (unquoted !== 'true' && unquoted !== 'false') throw wrong();
      return unquoted === 'true';
    default:
      return value;
  }
}

const WIDTHS: Readonly<Record<string, number>> = { bigint: 64, int: 32, integer: 32, smallint: 16, tinyint: 8 };

function fits(type: string, digits: string): boolean {
  return BigInt.asIntN(WIDTHS[type] ?? 64, BigInt(digits)) === BigInt(digits);
}
