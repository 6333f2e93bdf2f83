import { PlatformError } from '../../core/errors.ts';

/** One thing that is wrong with a definition. */
export interface DefinitionProblem {
  /** File of the definitions folder; null when the definitions did not come from files. */
  readonly file: string | null;
  /** What is defined, for example `feature view "customer_spend"`; null for a problem of the whole file. */
  readonly definition: string | null;
  /** Dotted path of the field within the definition; empty for the definition itself. */
  readonly path: string;
  /** What is wrong, the value given, what is allowed, how to fix it. */
  readonly problem: string;
}

/** Definitions that cannot be used. The message has one line for each problem. */
export class DefinitionError extends PlatformError {
  readonly problems: readonly DefinitionProblem[];

  constructor(problems: readonly DefinitionProblem[], cause?: unknown) {
    super('DefinitionError', 'invalid-input', problems.map(lineOf).join('\n'), { problems }, cause);
    this.problems = problems;
  }
}

function lineOf({ file, definition, path, problem }: DefinitionProblem): string {
  return [file, definition, path, problem].filter((part) => part !== null && part !== '').join(': ');
}

/** Throws when there are problems. */
export function refuse(definition: string, problems: readonly { path: string; problem: string }[]): void {
  if (problems.length === 0) return;
  throw new DefinitionError(problems.map((one) => ({ file: null, definition, ...one })));
}
