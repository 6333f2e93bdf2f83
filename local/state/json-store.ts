import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * Durable documents of one service, by collection and key. Writes are on disk when the call returns, so a killed
 * region loses nothing it has acknowledged.
 */
export interface JsonStore {
  get<T>(collection: string, key: string): T | undefined;
  put(collection: string, key: string, value: unknown): void;
  delete(collection: string, key: string): void;
  /** Every document of the collection, keys in byte order. */
  list<T>(collection: string): { readonly key: string; readonly value: T }[];
  /** Runs `work` so that either all of its writes are kept or none. */
  atomically<R>(work: () => R): R;
}

/** One SQLite file holds the documents of every service; `store(service)` gives each its own name space. */
export class JsonDatabase {
  readonly #db: DatabaseSync;
  readonly #statements: Readonly<Record<'get' | 'put' | 'delete' | 'list', StatementSync>>;
  #isInTransaction = false;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.#db.exec(
      'CREATE TABLE IF NOT EXISTS document (service TEXT, collection TEXT, key TEXT, value TEXT, PRIMARY KEY (service, collection, key)) WITHOUT ROWID',
    );
    this.#statements = {
      get: this.#db.prepare('SELECT value FROM document WHERE service = ? AND collection = ? AND key = ?'),
      put: this.#db.prepare(
        'INSERT INTO document VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      ),
      delete: this.#db.prepare('DELETE FROM document WHERE service = ? AND collection = ? AND key = ?'),
      list: this.#db.prepare('SELECT key, value FROM document WHERE service = ? AND collection = ? ORDER BY key'),
    };
  }

  store(service: string): JsonStore {
    const { get, put, delete: remove, list } = this.#statements;
    const parse = <T>(row: Record<string, unknown>): T => JSON.parse(String(row['value'])) as T; // written by put below
    return {
      get: <T>(collection: string, key: string) => {
        const row = get.get(service, collection, key);
        return row === undefined ? undefined : parse<T>(row);
      },
      put: (collection, key, value) => void put.run(service, collection, key, JSON.stringify(value)),
      delete: (collection, key) => void remove.run(service, collection, key),
      list: <T>(collection: string) =>
        list.all(service, collection).map((row) => ({ key: String(row['key']), value: parse<T>(row) })),
      atomically: (work) => this.#atomically(work),
    };
  }

  /** One transaction, whichever stores write in it. */
  #atomically<R>(work: () => R): R {
    if (this.#isInTransaction) return work();
    this.#db.exec('BEGIN IMMEDIATE');
    this.#isInTransaction = true;
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  close(): void {
    this.#db.close();
  }
}
