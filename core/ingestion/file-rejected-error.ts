import { type ErrorDetails, PlatformError } from '../errors.ts';

/** The file as a whole cannot be loaded; nothing of it was written. */
export class FileRejectedError extends PlatformError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('FileRejectedError', 'invalid-input', message, details);
  }
}
