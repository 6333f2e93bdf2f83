import { InvalidInputError } from '../errors.ts';

/** A scalar expression that cannot be used, with the place in its text that is at fault. */
export class ExpressionError extends InvalidInputError {
  /** @param position in the text, from 0; the message counts from 1 */
  constructor(text: string, position: number, problem: string) {
    super(`expression "${text}": at position ${position + 1}: ${problem}`, { expression: text, position });
  }
}
