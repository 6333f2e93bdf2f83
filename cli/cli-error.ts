/** A failure that its reader can act on; printed as one message and a hint, without a stack trace. */
export class CliError extends Error {
  /** What to do about it; empty when the message says it. */
  readonly hint: string;
  /** For `--json`. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(message: string, hint = '', facts: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
    this.hint = hint;
    this.facts = facts;
  }
}

/** A command line that cannot be understood: exit code 2. */
export class UsageError extends CliError {
  constructor(message: string, hint = '') {
    super(message, hint);
    this.name = 'UsageError';
  }
}
