import { InvalidInputError } from '../../core/errors.ts';
import { isWellFormed } from '../../core/utf8-text.ts';

const MAX_DEPTH = 32;

export interface BodyLimits {
  readonly maxBytes: number;
}

/**
 * The JSON of a request body; an absent one is an empty object.
 *
 * @throws InvalidInputError for a body that is too large, too deep, no JSON, not UTF-8, has text that is no Unicode, or a
 *   key that would change prototypes
 */
export function jsonBody(body: string | undefined, isBase64: boolean, { maxBytes }: BodyLimits): unknown {
  const bytes = body === undefined ? new Uint8Array() : Buffer.from(body, isBase64 ? 'base64' : 'utf8');
  if (bytes.length > maxBytes) {
    throw new InvalidInputError(
      `the body has ${bytes.length} bytes, at most ${maxBytes} are allowed; send less at once`,
      {
        sizeBytes: bytes.length,
        allowedBytes: maxBytes,
      },
    );
  }
  const text = isBase64 ? decode(bytes) : (body ?? '');
  if (text.trim() === '') return {};
  checkDepth(text);
  const value = parse(text);
  refuseStrange(value, 'body');
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError('the body is not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new InvalidInputError(`the body is no JSON: ${because.slice(0, 200)}`);
  }
}

/** Counts brackets outside strings, before anything that works level by level sees the value. */
function checkDepth(text: string): void {
  let depth = 0;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (isString) {
      if (char === BACKSLASH) i++;
      else if (char === QUOTE) isString = false;
    } else if (char === QUOTE) {
      isString = true;
    } else if (char === BRACE || char === BRACKET) {
      if (++depth > MAX_DEPTH) throw new InvalidInputError(`the body is nested deeper than ${MAX_DEPTH} levels`);
    } else if (char === BRACE_END || char === BRACKET_END) {
      depth--;
    }
  }
}

const [QUOTE, BACKSLASH, BRACE, BRACKET, BRACE_END, BRACKET_END] = [0x22, 0x5c, 0x7b, 0x5b, 0x7d, 0x5d];

function refuseStrange(value: unknown, path: string): void {
  if (typeof value === 'string' && !isWellFormed(value)) {
    throw new InvalidInputError(`${path} is not valid Unicode: it has half of a surrogate pair, as in "\\ud800"`, {
      path,
    });
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    value.forEach((item, i) => void refuseStrange(item, `${path}[${i}]`));
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__')
      throw new InvalidInputError(`${path} has the key "__proto__", which is not allowed`, { path });
    refuseStrange(member, `${path}.${key}`);
  }
}
