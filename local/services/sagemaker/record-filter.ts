/** Picks columns of one CSV record, or members of one JSON record. */
export type RecordFilter = (record: string) => string;

const PATH = /^\$(?:\[(?<inside>[^\]]*)\]|(?<members>(?:\.[A-Za-z_][A-Za-z0-9_]*)*))$/;

/**
 * Reads the JSONPath subset that SageMaker's DataProcessing takes: `$`, `$[1:]`, `$[:-1]`, `$[0,2]`, `$[3]` for CSV,
 * and `$.member` paths for JSON lines.
 *
 * @returns undefined when the path is not of these forms
 */
export function parseRecordFilter(path: string, contentType: string): RecordFilter | undefined {
  const { inside, members } = PATH.exec(path)?.groups ?? {};
  if (members === '') return (record) => record;
  if (members !== undefined) {
    return contentType.startsWith('application/json')
      ? (record) => memberOf(record, members.slice(1).split('.'))
      : undefined;
  }
  if (inside === undefined || !contentType.startsWith('text/csv')) return undefined;
  const columns = parseColumns(inside);
  return columns === undefined ? undefined : (record) => columns(record.split(',')).join(',');
}

function parseColumns(inside: string): ((cells: readonly string[]) => readonly string[]) | undefined {
  const slice = /^(-?\d*):(-?\d*)$/.exec(inside);
  if (slice !== null) {
    const from = slice[1] === '' ? 0 : Number(slice[1]);
    const to = slice[2] === '' ? undefined : Number(slice[2]);
    return (cells) => cells.slice(from, to);
  }
  if (!/^\d+(,\d+)*$/.test(inside)) return undefined;
  const wanted = inside.split(',').map(Number);
  return (cells) =>
    wanted.map((column) => {
      const cell = cells[column];
      if (cell === undefined)
        throw new Error(`the record has ${cells.length} columns, but column ${column} is asked for`);
      return cell;
    });
}

function memberOf(record: string, members: readonly string[]): string {
  let value: unknown = JSON.parse(record);
  for (const member of members) value = (value as Record<string, unknown> | null)?.[member]; // any shape may stand here
  return JSON.stringify(value ?? null);
}
