import { randomUUID } from 'node:crypto';
import type { JsonStore } from '../../state/json-store.ts';

export type TaskAnswer = { readonly output: unknown } | { readonly error: string; readonly cause: string };

export interface TokenRecord {
  readonly executionArn: string;
  readonly machineArn: string;
  readonly answer?: TaskAnswer;
  readonly heartbeats: number;
}

const COLLECTION = 'tokens';

/** Tokens handed out by `.waitForTaskToken`; an answer is on disk before SendTask* returns. */
export class TaskTokens {
  readonly #store: JsonStore;
  readonly #waiting = new Map<string, () => void>();

  constructor(store: JsonStore) {
    this.#store = store;
  }

  /** @returns a token no one can guess */
  issue(executionArn: string, machineArn: string): string {
    const token = Buffer.from(`${randomUUID()}${randomUUID()}`).toString('base64');
    const record: TokenRecord = { executionArn, machineArn, heartbeats: 0 };
    this.#store.put(COLLECTION, token, record);
    return token;
  }

  get(token: string): TokenRecord | undefined {
    return this.#store.get<TokenRecord>(COLLECTION, token);
  }

  update(token: string, change: Partial<TokenRecord>): void {
    const record = this.get(token);
    if (record === undefined) return;
    this.#store.put(COLLECTION, token, { ...record, ...change });
    this.#waiting.get(token)?.();
  }

  /** Resolves at the next answer or heartbeat. */
  changed(token: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(token, () => {
        this.#waiting.delete(token);
        resolve();
      });
    });
  }

  forget(token: string): void {
    this.#store.delete(COLLECTION, token);
    this.#waiting.delete(token);
  }
}
