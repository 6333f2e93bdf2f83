import { describe, expect, it } from 'vitest';
import { type HelpFacts, judgeHelp } from '../../../core/retraining/judge-help.ts';
import { cause, retraining, scan } from './retraining-parts.ts';

const open = retraining(0, { helped: null, helpedBecause: null });
const looksFor = { drift: true, performance: true };
const drift = (outcome: string, isPersistent = false) => ({ outcome, because: `${outcome} it is`, isPersistent });
const performance = (outcome: string) => ({ outcome, because: `${outcome} it is`, loss: { since: null, outcomes: 0 } });
const judge = (change: Partial<HelpFacts>, of = open) =>
  judgeHelp(of, { scan: null, championId: 'r1', replacedBy: null, looksFor, ...change });

describe('a promoted retraining helped', () => {
  it('when the drift that caused it is gone', () => {
    expect(judge({ scan: scan({ drift: drift('stable') }) })).toEqual({ helped: true, because: 'stable it is' });
  });

  it('not when it drifts on for as many scans as it takes', () => {
    expect(judge({ scan: scan({ drift: drift('drifting', true) }) })).toMatchObject({ helped: false });
    expect(judge({ scan: scan({ drift: drift('drifting', false) }) })).toBeNull();
  });

  it('not when its release is degraded, whatever caused it', () => {
    const degraded = scan({ drift: drift('stable'), performance: performance('degraded') });
    expect(judge({ scan: degraded })).toMatchObject({ helped: false });
    expect(judge({ scan: degraded }, { ...open, causes: [cause({ kind: 'schedule' })] })).toMatchObject({
      helped: false,
    });
  });

  it('when what degraded holds again, and that alone says so', () => {
    const of = { ...open, causes: [cause({ kind: 'degradation' })] };
    const calm = scan({ drift: drift('stable'), performance: performance('not-computable') });
    expect(judge({ scan: calm }, of)).toBeNull();
    expect(judge({ scan: scan({ drift: drift('stable'), performance: performance('holding') }) }, of)).toMatchObject({
      helped: true,
    });
  });

  it('when it was due by the calendar and is not worse; drift that it was not to end decides nothing', () => {
    const of = { ...open, causes: [cause({ kind: 'schedule' })] };
    expect(judge({ scan: scan({ drift: drift('stable') }) }, of)).toMatchObject({ helped: true });
    expect(judge({ scan: scan({ drift: drift('drifting', true) }) }, of)).toMatchObject({ helped: null });
    expect(judge({ looksFor: { drift: false, performance: false } }, of)).toMatchObject({ helped: true });
  });
});

describe('it is not known yet', () => {
  it.each([
    ['before the first scan', null],
    ['from a scan of another release', scan({ releaseId: 'r0', drift: drift('stable') })],
    ['from a scan with too few rows', scan({ drift: drift('not-computable') })],
    [
      'from a scan in an outage',
      scan({ drift: drift('stable'), health: { outcome: 'unhealthy', because: 'no rows' } }),
    ],
    [
      'from a scan of what an outage left',
      scan({ drift: drift('drifting', true), diagnosis: { kind: 'outage', because: 'the window still holds it' } }),
    ],
  ])('%s', (_, found) => {
    expect(judge({ scan: found })).toBeNull();
  });
});

describe('once its release answers no more', () => {
  it('it did not help when the release was taken back, and will never be known when another took its place', () => {
    expect(judge({ championId: 'r0', replacedBy: 'rollback' })).toMatchObject({ helped: false });
    expect(judge({ championId: 'r2', replacedBy: 'release' })).toMatchObject({ helped: null });
  });
});
