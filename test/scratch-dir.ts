import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];
afterAll(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A new folder that is gone when the tests of the file are over. @param what begins its name */
export function scratchDir(what: string): string {
  const dir = mkdtempSync(join(tmpdir(), `headgate-${what}-`));
  made.push(dir);
  return dir;
}
