import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processIdentity } from '../../local/state/process-identity.ts';
import { takeStateDir } from '../../local/state/state-dir.ts';
import { newStateDir } from './running-regions.ts';

const ports = { apiPort: 4510, awsPort: 4511 };
const lockOf = (stateDir: string, holder: object) =>
  writeFileSync(join(stateDir, 'region.lock'), JSON.stringify({ ...holder, ...ports }));

describe('a state folder', () => {
  it('is held by one region at a time', () => {
    const stateDir = newStateDir();
    const lock = takeStateDir({ stateDir, fresh: false, ...ports });
    expect(() => takeStateDir({ stateDir, fresh: false, ...ports })).toThrow(`process ${process.pid} (API port 4510)`);
    lock.release();
    takeStateDir({ stateDir, fresh: false, ...ports }).release();
  });

  it('is taken over from a process that is gone, or whose id now belongs to another', () => {
    const stateDir = newStateDir();
    lockOf(stateDir, { pid: 2 ** 22 + 1 });
    takeStateDir({ stateDir, fresh: false, ...ports });
    lockOf(stateDir, { ...processIdentity(process.pid), startTicks: '1' });
    takeStateDir({ stateDir, fresh: false, ...ports });
    expect(JSON.parse(readFileSync(join(stateDir, 'region.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('is taken over from a lock that a dying process left half-written', () => {
    const stateDir = newStateDir();
    writeFileSync(join(stateDir, 'region.lock'), '{"pid":');
    takeStateDir({ stateDir, fresh: false, ...ports }).release();
  });

  it('is emptied when started afresh', () => {
    const stateDir = newStateDir();
    writeFileSync(join(stateDir, 'region.db'), 'x');
    takeStateDir({ stateDir, fresh: true, ...ports });
    expect(existsSync(join(stateDir, 'region.db'))).toBe(false);
  });

  it("is never emptied when it is not a region's", () => {
    const stateDir = newStateDir();
    writeFileSync(join(stateDir, 'thesis.txt'), 'x');
    expect(() => takeStateDir({ stateDir, fresh: true, ...ports })).toThrow("it holds files but no region's state");
    expect(existsSync(join(stateDir, 'thesis.txt'))).toBe(true);
  });
});
