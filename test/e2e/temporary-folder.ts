import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of a test file's own. Call at its top: it is removed last, when all that was started later has been stopped. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-e2e-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
