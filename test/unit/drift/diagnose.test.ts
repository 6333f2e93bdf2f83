import { describe, expect, it } from 'vitest';
import { diagnose, type ScanFindings } from '../../../core/drift/diagnose.ts';

const healthy = { outcome: 'healthy', because: 'all sources come' } as const;
const holding = { outcome: 'holding', because: 'the loss is 0.4' } as const;
const degraded = { outcome: 'degraded', because: 'the loss is 0.9, promised was 0.4' } as const;
const unjudged = { outcome: 'not-computable', because: '12 outcomes of 200' } as const;
const stable = { outcome: 'stable', because: 'no column differs', isPersistent: false, columns: [] } as const;
const drifting = (role: 'input' | 'prediction', isPersistent: boolean): NonNullable<ScanFindings['drift']> => ({
  outcome: 'drifting',
  because: '1 column differs',
  isPersistent,
  columns: [
    { column: role === 'input' ? 'spend:sum' : 'score', role, outcome: 'drifting' },
    { column: 'spend:count', role: 'input', outcome: 'stable' },
  ],
});
const of = (findings: Partial<ScanFindings>) =>
  diagnose({ drift: stable, performance: holding, health: healthy, outage: null, ...findings });

describe('the diagnosis of a scan', () => {
  it('is an outage before anything else: what comes from one is not to be learned', () => {
    const health = { outcome: 'unhealthy', because: 'orders stopped' } as const;
    const found = of({ health, drift: drifting('input', true), performance: degraded });
    expect(found).toEqual({ kind: 'outage', because: 'orders stopped' });
  });

  it('is an outage while the window holds a part of one that is over, as long as something differs in it', () => {
    const outage = {
      at: '2026-03-01T00:00:00.000Z',
      health: { outcome: 'unhealthy', because: 'orders stopped' },
    } as const;
    const found = of({ outage, drift: drifting('input', true) });
    expect(found).toEqual({
      kind: 'outage',
      because: 'the window still holds what an outage left (orders stopped): 1 column differs',
    });
    expect(of({ outage, performance: degraded }).kind).toBe('outage');
    expect(of({ outage }).kind).toBe('well');
  });

  it('tells worse answers to inputs that were learned from those to inputs that were not', () => {
    expect(of({ performance: degraded }).kind).toBe('relation-changed');
    expect(of({ performance: degraded, drift: drifting('prediction', true) }).kind).toBe('relation-changed');
    const found = of({ performance: degraded, drift: drifting('input', false) });
    expect(found).toEqual({ kind: 'input-drift', because: `${degraded.because}; drifting inputs: spend:sum` });
  });

  it('does not say why answers are worse when inputs could not be compared', () => {
    const drift = { ...stable, outcome: 'not-computable', because: '20 rows of 200' } as const;
    expect(of({ performance: degraded, drift })).toEqual({
      kind: 'degradation',
      because: `${degraded.because}; inputs could not be compared: 20 rows of 200`,
    });
    expect(of({ performance: degraded, drift: null }).kind).toBe('degradation');
  });

  it('calls drift what persists, by inputs or by answers alone, whether outcomes are there or not', () => {
    expect(of({ drift: drifting('input', true) }).kind).toBe('input-drift');
    expect(of({ drift: drifting('input', true), performance: unjudged }).kind).toBe('input-drift');
    expect(of({ drift: drifting('prediction', true) }).kind).toBe('prediction-drift');
    expect(of({ drift: drifting('input', false) })).toEqual({
      kind: 'well',
      because: 'drift that is not persistent yet: 1 column differs',
    });
  });

  it('is well when something was judged and nothing found, and unknown when nothing was judged', () => {
    expect(of({ performance: unjudged })).toEqual({ kind: 'well', because: 'no column differs' });
    expect(of({}).because).toBe('no column differs; the loss is 0.4');
    const drift = { ...stable, outcome: 'not-computable', because: '20 rows of 200' } as const;
    expect(of({ drift, performance: unjudged })).toEqual({
      kind: 'unknown',
      because: '20 rows of 200; 12 outcomes of 200',
    });
    expect(of({ drift: null, performance: null }).kind).toBe('unknown');
  });
});
