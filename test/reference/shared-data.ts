import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A file of the data sets that trials use and the repository does not ship: in the folder `HEADGATE_SHARED`, by
 * default `shared` beside the repository. Null when it is not there.
 */
export function sharedFile(...path: readonly string[]): string | null {
  const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
  const folder = process.env['HEADGATE_SHARED'] ?? join(repository, '..', 'shared');
  const file = join(folder, 'data', ...path);
  return existsSync(file) ? file : null;
}
