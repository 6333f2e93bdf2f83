import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

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

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.#db.exec(
      'CREATE TABLE IF NOT EXISTS document (service TEXT, collection TEXT, key TEXT, value TEXT, PRIMARY KEY (service, collection, key)) WITHOUT ROWID',
    );
  }

  store(service: string): JsonStore {
    const db = this.#db;
    const get = db.prepare('SELECT value FROM document WHERE service = ? AND collection = ? AND key = ?');
    const put = db.prepare('INSERT INTO document VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
    const del = db.prepare('DELETE FROM document WHERE service = ? AND collection = ? AND key = ?');
    const list = db.prepare('SELECT key, value FROM document WHERE service = ? AND collection = ? ORDER BY key');
    const parse = <T>(row: Record<string, unknown>): T => JSON.parse(String(row['value'])) as T; // written by put below
    let depth = 0;
    return {
      get: <T>(collection: string, key: string) => {
        const row = get.get(service, collection, key);
        return row === undefined ? undefined : parse<T>(row);
      },
      put: (collection, key, value) => void put.run(service, collection, key, JSON.stringify(value)),
      delete: (collection, key) => void del.run(service, collection, key),
      list: <T>(collection: string) =>
        list.all(service, collection).map((row) => ({ key: String(row['key']), value: parse<T>(row) })),
      atomically: (work) => {
        if (depth > 0) return work();
        depth++;
        db.exec('BEGIN IMMEDIATE');
        try {
          const result = work();
          db.exec('COMMIT');
          return result;
        } catch (error) {
          db.exec('ROLLBACK');
          throw error;
        } finally {
          depth--;
        }
      },
    };
  }

  close(): void {
    this.#db.close();
  }
}
