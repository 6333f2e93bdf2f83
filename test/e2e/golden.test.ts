/** Values of a point-in-time join that were measured elsewhere, out of training sets that a whole region sealed. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Measured, measureRules, RULES } from '../../bench/trials/point-in-time/measure-rules.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { sharedFile } from '../reference/shared-data.ts';
import { sharedAssembly } from './shared-assembly.ts';

const file = sharedFile('online_retail', 'online_retail.parquet');

describe.skipIf(file === null)('Online Retail through the region, when the shared data sets are there', () => {
  let stateDir: string;
  let region: RunningRegion;
  let measured: readonly Measured[];
  beforeAll(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'headgate-state-'));
    const assemblyDir = await sharedAssembly('bench/trials/point-in-time/definitions');
    region = await startRegion({ assemblyDir, stateDir, apiPort: 0, awsPort: 0, speed: 20 });
    measured = await measureRules(region, file!, () => {});
  });
  afterAll(async () => {
    await region?.stop();
    rmSync(stateDir, { recursive: true });
  });

  it.each(RULES)('gives the golden values for $rule', ({ rule, matched, sum }) => {
    expect(measured.find((one) => one.rule === rule)).toEqual({ rule, rows: 1_236, matched, sum });
  });
});
