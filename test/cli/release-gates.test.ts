import colors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { verdictLines } from '../../cli/terminal/verdict-lines.ts';
import type { Evidence } from '../../core/gates/verdict.ts';
import type { GateVerdict } from '../../core/release/release-manifest.ts';
import { runCommand } from './run-command.ts';
import { apiOf } from './scripted-api.ts';

const ID = 'ab'.repeat(32);
const slice: Evidence = {
  metric: 'auc where people:sex = Female',
  observed: 0.71234567,
  interval: { low: 0.65, high: 0.77, confidence: 0.95 },
  limit: 0.7,
  rule: 'at-least',
  n: 1234,
  needs: 'about 25,000 test rows in the slice',
};
const verdicts: readonly GateVerdict[] = [
  { gate: 'slice(auc)', verdict: { outcome: 'inconclusive', evidence: [slice], because: 'it is not sure' } },
  {
    gate: 'data_quality',
    verdict: {
      outcome: 'pass',
      evidence: [
        { metric: 'training rows', observed: 5000, limit: 100, rule: 'at-least', n: 5000, note: 'more than before' },
        { metric: 'missing share of v:f', observed: null, limit: 0.5, rule: 'at-most', n: 0 },
      ],
    },
  },
];

describe('the gates of a release', () => {
  it('are told one by one with value, interval, limit, rows and what is still needed', async () => {
    const summary = {
      releaseId: ID,
      model: 'repeat',
      createdAt: '2026-01-01T00:00:00.000Z',
      passed: false,
      metrics: {},
    };
    const answers = {
      'GET /v1/models/repeat/releases': { body: { releases: [summary], next: null } },
      [`GET /v1/releases/${ID}`]: { body: { releaseId: ID, manifestUri: 's3://a/b', manifest: { verdicts } } },
    };
    const ran = await runCommand(['releases', 'repeat', '--release', 'abab', '--url', (await apiOf(answers)).url]);
    expect(ran.stdout).toBe(`release abababababab of repeat
? slice(auc) (inconclusive)
    it is not sure
    auc where people:sex = Female: 0.7123 (95 %: 0.65 to 0.77), at least 0.7, n 1,234
      needs about 25,000 test rows in the slice
✓ data_quality
    training rows: 5,000, at least 100, n 5,000
      more than before
    missing share of v:f: not measured, at most 0.5, n 0
`);
    const json = await runCommand([
      'releases',
      'repeat',
      '--release',
      ID,
      '--json',
      '--url',
      (await apiOf(answers)).url,
    ]);
    expect(JSON.parse(json.stdout)).toEqual({ releaseId: ID, model: 'repeat', verdicts });
  });

  it('are cut short after training: one line for a gate that passed, and how many more there are', () => {
    const plain = colors.createColors(false);
    expect(verdictLines(verdicts.slice(1), plain, false)).toEqual([
      '✓ data_quality',
      '    training rows: 5,000, at least 100, n 5,000',
      '      more than before',
      '    … and 1 more',
    ]);
  });
});
