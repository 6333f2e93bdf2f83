import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { scanLines, scanSentence } from '../../cli/terminal/scan-lines.ts';
import { DriftReport } from '../../contracts/drift-scan.ts';

const test = { test: 'psi', effectLimit: 0.1, alpha: 0.001 } as const;
const report = DriftReport.parse({
  scanId: 's',
  model: 'churn',
  releaseId: 'r',
  cause: 'test',
  at: '2026-03-01T12:00:00.000Z',
  from: '2026-02-28T12:00:00.000Z',
  to: '2026-03-01T12:00:00.000Z',
  drift: {
    outcome: 'drifting',
    because: '1 of 2 columns drifts',
    isPersistent: true,
    reference: { kind: 'training', releaseId: 'r', rows: 5_000 },
    rows: 1_200,
    effectiveRows: 900.4,
    columns: [
      {
        column: 'v:spend',
        role: 'input',
        segment: 'v:channel = web',
        outcome: 'drifting',
        because: 'larger than learned',
        rows: { reference: 5_000, live: 1_200, effectiveLive: 900 },
        tests: [{ ...test, effect: 0.75, pValue: 0, isDrifting: true }],
        bins: [
          { label: 'below 3', reference: 0.5, live: 0.25 },
          { label: '3 and above', reference: 0.5, live: 0.75 },
          { label: 'missing', reference: 0, live: 0 },
        ],
        numbers: {},
      },
      {
        column: 'v:count',
        role: 'input',
        segment: null,
        outcome: 'stable',
        because: 'as learned',
        rows: { reference: 5_000, live: 1_200, effectiveLive: 900 },
        tests: [{ ...test, effect: 0.01, pValue: 0.5, isDrifting: false }],
        bins: [{ label: 'any', reference: 1, live: 1 }],
        numbers: {},
      },
    ],
  },
  performance: null,
  health: { outcome: 'healthy', because: 'all is there', checks: [] },
  diagnosis: { kind: 'input-drift', because: 'v:spend differs' },
});
const plain = pc.createColors(false);

describe('what a terminal shows of a scan', () => {
  it('is the verdict, the diagnosis, and each drifting column with its histogram', () => {
    expect(scanLines(report, plain, false)).toEqual([
      '✗ churn: what it is asked has changed (scan of 2026-03-01T12:00:00.000Z)',
      '  v:spend differs',
      '',
      'drifting: drift, scan after scan',
      '  1,200 predictions, worth 900 independent ones, against 5,000 of the training rows',
      '  1 of 2 columns drifts',
      '',
      '  drifting: v:spend where v:channel = web',
      '    larger than learned',
      '    psi 0.75 of 0.1',
      '                 learned                   now',
      '        below 3  ██████████▋       50.0 %  █████▍            25.0 %',
      '    3 and above  ██████████▋       50.0 %  ████████████████  75.0 %',
      '',
      'healthy: health of what feeds it',
      '  all is there',
    ]);
  });

  it('has the columns that have not drifted too when all are asked for, without their histograms', () => {
    const lines = scanLines(report, plain, true);
    expect(lines).toContain('  stable: v:count');
    expect(lines.filter((line) => line.includes('learned   ')).length).toBe(1);
  });

  it('is one sentence where the scan is not what was asked for', () => {
    expect(scanSentence(report)).toBe(
      'what it is asked has changed (scan of 2026-03-01T12:00:00.000Z): v:spend differs',
    );
  });
});
