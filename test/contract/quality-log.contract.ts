import { describe, expect, it } from 'vitest';
import type { QualityReport } from '../../contracts/quality.ts';
import type { QualityLog } from '../../lambdas/ports/quality-log.ts';

function report(runId: string, at: string): QualityReport {
  const expectation = {
    name: 'volume',
    kind: 'volume',
    severity: 'block',
    outcome: 'inconclusive',
    because: 'few runs',
  };
  return {
    view: 'spend',
    version: '0123456789ab',
    runId,
    at,
    outcome: 'passed',
    sourceRows: 3,
    setAsideRows: 1,
    rows: 2,
    expectations: [{ ...expectation, evidence: [] } as QualityReport['expectations'][number]],
  };
}

/** Every QualityLog must pass this; call it once per adapter. `make` gives a log that nobody else uses. */
export function qualityLogContract(adapter: string, make: () => QualityLog | Promise<QualityLog>): void {
  describe(`QualityLog: ${adapter}`, () => {
    const older = report('r1', '2026-03-01T12:00:00.000Z');
    const newer = report('r2', '2026-03-01T12:00:00.001Z');

    it('has nothing of a table before a run of it was judged', async () => {
      const log = await make();
      await log.keep('view_a', older);
      expect(await log.newest('view_b')).toBeNull();
    });

    it('gives back the newest report as it was, also when the same is kept again', async () => {
      const log = await make();
      for (const one of [older, newer, newer]) await log.keep('view_a', one);
      expect(await log.newest('view_a')).toEqual(newer);
    });

    it('keeps the later of two runs whichever is reported first', async () => {
      const log = await make();
      await log.keep('view_a', newer);
      await log.keep('view_a', older);
      expect(await log.newest('view_a')).toEqual(newer);
    });
  });
}
