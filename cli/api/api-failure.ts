import type { ErrorResponse } from '../../contracts/api/error-response.ts';
import { CliError } from '../cli-error.ts';

/** What the API refused or could not do. */
export class ApiError extends CliError {
  readonly status: number;
  readonly error: ErrorResponse['error'];

  constructor(status: number, error: ErrorResponse['error'], hint: string) {
    super(error.message, hint, { ...error });
    this.name = 'ApiError';
    this.status = status;
    this.error = error;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  forbidden:
    'sign with credentials whose policy allows it (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN)',
  throttled: 'the platform is busy; wait a little and run the command again',
  unavailable: 'the platform could not be reached in full; run the command again',
  'corrupt-data': 'the platform’s log says more',
  bug: 'this is a fault of Headgate; its log says more',
};

/** Their message says what to do, and it is not what others of their kind need. */
const SAYS_IT_ALL: ReadonlySet<string> = new Set(['TableNotAllowedError']);

export function apiFailure(status: number, answer: unknown, url: URL): ApiError {
  const error = errorOf(status, answer) ?? {
    name: 'UnknownAnswer',
    kind: 'bug' as const,
    message: `HTTP ${status} from ${url.pathname}: ${JSON.stringify(answer).slice(0, 300)}`,
    details: {},
  };
  const hint = SAYS_IT_ALL.has(error.name) ? '' : (HINTS[error.kind] ?? '');
  return new ApiError(status, error, hint);
}

function errorOf(status: number, answer: unknown): ErrorResponse['error'] | null {
  if (typeof answer !== 'object' || answer === null) return null;
  if ('error' in answer && typeof answer.error === 'object' && answer.error !== null && 'message' in answer.error) {
    return { name: 'Error', kind: 'bug', details: {}, ...answer.error } as ErrorResponse['error']; // the one shape of errors
  }
  // API Gateway itself answers {"message": …}, for example for a missing signature
  if (!('message' in answer) || typeof answer.message !== 'string') return null;
  return { name: 'GatewayError', kind: gatewayKind(status), message: answer.message, details: {} };
}

function gatewayKind(status: number): ErrorResponse['error']['kind'] {
  if (status >= 500) return 'unavailable';
  if (status === 429) return 'throttled';
  if (status === 404) return 'not-found';
  return status === 401 || status === 403 ? 'forbidden' : 'invalid-input';
}
