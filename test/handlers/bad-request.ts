import type { OperationId } from '../../contracts/api/routes.ts';

/** A request that has to be refused. */
export interface BadRequest {
  readonly why: string;
  readonly to: OperationId;
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly isBase64?: boolean;
  readonly status: number;
  /** What the message must say. */
  readonly says: string;
}
