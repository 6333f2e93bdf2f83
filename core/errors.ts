/** How a failure is to be treated; STYLE.md's table gives the HTTP status and whether a retry makes sense. */
export type ErrorKind =
  | 'invalid-input'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'throttled'
  | 'unavailable'
  | 'corrupt-data'
  | 'bug';

export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * A failure the platform knows. `name` is what Step Functions matches in `ErrorEquals`, so it is part of the contract;
 * `message` says what, the value given, and what is allowed, in lower case without a full stop.
 */
export class PlatformError extends Error {
  readonly kind: ErrorKind;
  /** JSON-safe facts for machines. */
  readonly details: ErrorDetails;

  constructor(name: string, kind: ErrorKind, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
    this.kind = kind;
    this.details = details;
  }
}

/** HTTP status of each kind. */
export const HTTP_STATUS: Readonly<Record<ErrorKind, number>> = {
  'invalid-input': 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  throttled: 429,
  unavailable: 503,
  'corrupt-data': 500,
  bug: 500,
};

/** Only these kinds may be tried again unchanged. */
export function isRetryable(kind: ErrorKind): boolean {
  return kind === 'throttled' || kind === 'unavailable';
}

export class InvalidInputError extends PlatformError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('InvalidInputError', 'invalid-input', message, details);
  }
}

export class NotFoundError extends PlatformError {
  /** @param known the names there are; null when they are too many to list */
  constructor(what: string, name: string, known: readonly string[] | null, hint = '') {
    const list = known === null ? '' : `; known: ${known.length === 0 ? '(none)' : known.join(', ')}`;
    super('NotFoundError', 'not-found', `no ${what} named "${name}"${list}${hint === '' ? '' : `; ${hint}`}`, {
      what,
      name,
      ...(known !== null && { known }),
    });
  }
}

export class ConflictError extends PlatformError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('ConflictError', 'conflict', message, details);
  }
}

export class UnavailableError extends PlatformError {
  constructor(message: string, details: ErrorDetails = {}, cause?: unknown) {
    super('UnavailableError', 'unavailable', message, details, cause);
  }
}

export class CorruptDataError extends PlatformError {
  constructor(message: string, details: ErrorDetails = {}, cause?: unknown) {
    super('CorruptDataError', 'corrupt-data', message, details, cause);
  }
}

/** An invariant of ours is false; never the caller's fault. */
export class BugError extends PlatformError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('BugError', 'bug', message, details);
  }
}

/** Ends a `switch` over a closed set: a new member stops the build. */
export function unreachable(value: never): never {
  throw new BugError(`unhandled case ${JSON.stringify(value)}`);
}
