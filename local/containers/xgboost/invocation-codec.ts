import { parseNumber } from './data/parse-number.ts';
import { readLibsvmCell } from './data/read-channel.ts';

/** A refusal of the model server, with the status and the words of the image. */
export class InvocationError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LIBSVM = ['text/libsvm', 'text/x-libsvm'];
const ACCEPTS = ['text/csv', 'application/json', 'application/jsonlines'];

/**
 * Rows of a request body, without labels; NaN is missing.
 *
 * A body that can not be read is 415, as in the image; a row of the wrong width is 400.
 * Source: aws/sagemaker-xgboost-container, algorithm_mode/serve.py and serve_utils.py.
 *
 * @param columns what the model was trained with
 */
export function decodeRows(body: Buffer, contentType: string | undefined, columns: number): Float32Array[] {
  const type = (contentType ?? 'text/libsvm').split(';')[0]!.trim().toLowerCase();
  const lines = body.toString('utf8').trim().split(/\r?\n/);
  if (type === 'text/csv') return lines.map((line, i) => csvRow(line, i, columns));
  if (LIBSVM.includes(type)) return libsvmRows(lines, columns);
  throw new InvocationError(415, `Content-type ${contentType} is not supported.`);
}

function csvRow(line: string, index: number, columns: number): Float32Array {
  const cells = line.split(',');
  if (cells.length !== columns) throw wrongWidth(index, cells.length, columns);
  return Float32Array.from(cells, (cell, column) => {
    const value = parseNumber(cell);
    if (value !== undefined) return value;
    throw new InvocationError(
      415,
      `Loading csv data failed with Exception, please ensure data is in csv format: row ${index + 1} column ${column + 1} is ${JSON.stringify(cell)}, not a number`,
    );
  });
}

/** Indices count from 1 when no row of the body has index 0. */
function libsvmRows(lines: readonly string[], columns: number): Float32Array[] {
  const rows = lines.map((line, i) =>
    line
      .trim()
      .split(/\s+/)
      .filter((token, position) => token.includes(':') || position > 0) // a leading label is passed over
      .map((token) => {
        try {
          return readLibsvmCell(token, `row ${i + 1}`);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new InvocationError(
            415,
            `Loading libsvm data failed with Exception, please ensure data is in libsvm format: ${reason}`,
          );
        }
      }),
  );
  const first = rows.some((cells) => cells.some(([index]) => index === 0)) ? 0 : 1;
  return rows.map((cells, i) => {
    const row = new Float32Array(columns).fill(Number.NaN);
    for (const [index, value] of cells) {
      if (index - first >= columns) throw wrongWidth(i, index - first + 1, columns);
      row[index - first] = value;
    }
    return row;
  });
}

function wrongWidth(index: number, found: number, expected: number): InvocationError {
  return new InvocationError(
    400,
    `Unable to evaluate payload provided: row ${index + 1} has ${found} columns, but the model was trained with ${expected}`,
  );
}

/**
 * The type to answer in, from the Accept header.
 *
 * @param absent what to answer when the caller does not say (`SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT`)
 */
export function acceptedType(accept: string | undefined, absent: string): string {
  const type = (accept ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === '' || type === '*/*') return absent;
  if (!ACCEPTS.includes(type)) {
    throw new InvocationError(
      406,
      `Accept type ${accept} is not supported. Please use supported accept types: ${ACCEPTS.join(', ')}.`,
    );
  }
  return type;
}

/** One answer per row: a number, or a list of numbers for models with several outputs. */
export function encodePredictions(predictions: readonly (readonly number[])[], type: string): string {
  switch (type) {
    case 'application/json':
      return JSON.stringify({ predictions: predictions.map((outputs) => ({ score: scoreOf(outputs) })) });
    case 'application/jsonlines':
      return predictions.map((outputs) => `${JSON.stringify({ score: scoreOf(outputs) })}\n`).join('');
    default:
      return predictions.map((outputs) => `${outputs.join(',')}\n`).join('');
  }
}

function scoreOf(outputs: readonly number[]): number | readonly number[] {
  return outputs.length === 1 ? outputs[0]! : outputs;
}
