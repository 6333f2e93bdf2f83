import { afterEach, describe, expect, it } from 'vitest';
import {
  BORN_MS,
  casesOf,
  HOUR_MS,
  type OutcomeLab,
  outcomeLab,
  outcomeLine,
  POLICY,
  predictionLine,
} from './outcome-lab.ts';

let lab: OutcomeLab;
afterEach(() => lab.close());

/** Five days of a model that keeps its promise, its truth known twelve hours after each prediction. */
const GOOD = casesOf({ count: 5_000, fromMs: BORN_MS, hours: 120, seed: 1 });
const AT_MS = BORN_MS + 130 * HOUR_MS;
const knownLater = (hours: number) => (one: (typeof GOOD)[number]) => outcomeLine(one, one.askedMs + hours * HOUR_MS);
const PREDICTIONS = GOOD.map(predictionLine);

async function scanOf(outcomes: readonly ReturnType<typeof outcomeLine>[], atMs = AT_MS) {
  lab = await outcomeLab();
  await lab.load(PREDICTIONS, outcomes);
  return (await lab.scan(atMs))!;
}

describe('truth about a model that keeps its promise', () => {
  it('holds, in numbers', async () => {
    const found = await scanOf(GOOD.map(knownLater(12)));
    expect(found.outcome).toBe('holding');
    expect(found.matured.outcomes).toBe(found.matured.predictions);
    expect(found.provisional.outcomes).toBe(fresh());
    expect(found.coverage).toMatchObject({ share: 1, isOneSided: false });
    const auc = found.matured.metrics.find(({ metric }) => metric === 'auc')!;
    const estimated = found.estimated!.metrics.find(({ metric }) => metric === 'auc')!;
    expect(auc.value!).toBeGreaterThan(estimated.low! - 0.02);
    expect(auc.value!).toBeLessThan(estimated.high! + 0.02);
    expect(found.slices.map(({ segment }) => segment).sort()).toEqual([
      'people:sex = female',
      'people:sex = male',
      'people:sex is missing',
    ]);
    expect(found.fairness[0]).toMatchObject({
      attribute: 'people:sex',
      criterion: 'equal_opportunity: true positive rate',
    });
    expect(found.fairness[0]!.difference!).toBeLessThan(0.1);
    expect(found.calibration).toHaveLength(5);
  });
});

describe('faults 60 and 61: clocks that differ', () => {
  it('an outcome that was recorded by a clock ten minutes behind, before its prediction was asked, counts', async () => {
    const behind = GOOD.map((one) => outcomeLine(one, one.askedMs - 10 * 60_000));
    expect((await scanOf(behind)).coverage.share).toBe(1);
  });

  it('what a clock ahead recorded counts when that instant has come, and no span is negative', async () => {
    const ahead = GOOD.map((one) => outcomeLine(one, AT_MS + 10 * 60_000));
    expect((await scanOf(ahead)).matured.outcomes).toBe(0);
    expect((await lab.scan(AT_MS + 10 * 60_000))!.matured.outcomes).toBeGreaterThan(3_000);
    const early = (await lab.scan(BORN_MS + 1))!;
    expect(early.matured).toMatchObject({ predictions: 0, outcomes: 0 });
    expect(Date.parse(early.matured.to)).toBeGreaterThanOrEqual(Date.parse(early.matured.from));
    expect(early).toMatchObject({ outcome: 'not-computable', loss: { seen: null, outcomes: 0 } });
  });
});

describe('fault 64: outcomes days late', () => {
  it('are provisional until their prediction has matured, and what never came is told and not taken for anything', async () => {
    const found = await scanOf(GOOD.map(knownLater(100)));
    expect(found.provisional.outcomes).toBe(0);
    expect(found.matured.outcomes).toBe(
      GOOD.filter(({ askedMs }) => askedMs <= AT_MS - 100 * HOUR_MS).length - early(),
    );
    expect(found.coverage.share!).toBeLessThan(0.4);
    expect(found.outcome).toBe('holding');
    expect(found.estimated!.predictions).toBeGreaterThan(3_000);
  });

  it('that have not come at all are no verdict', async () => {
    const found = await scanOf([]);
    expect(found).toMatchObject({ outcome: 'not-computable', because: 'no matured prediction has an outcome' });
    expect(found.estimated!.metrics.every(({ value }) => value !== null)).toBe(true);
  });

  it('only the bad news at first: the model is not called degraded for it', async () => {
    const badFirst = GOOD.map((one) => outcomeLine(one, one.askedMs + (one.isPositive ? 1 : 23) * HOUR_MS));
    const found = await scanOf(badFirst);
    const [matured, provisional] = [found.matured, found.provisional].map(
      ({ metrics }) => metrics.find(({ metric }) => metric === 'log_loss')!.value!,
    );
    expect(provisional).toBeGreaterThan(1.2 * matured!);
    expect(found.outcome).toBe('holding');
  });
});

/** The order in which rows are summed up shows in the last digits. */
function toTenDigits(report: unknown): unknown {
  return JSON.parse(
    JSON.stringify(report, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(10)) : value)),
  );
}

/** Those whose truth is known and may still change. */
function fresh(): number {
  return GOOD.filter(({ askedMs }) => askedMs > AT_MS - POLICY.maturityMs && askedMs <= AT_MS - 12 * HOUR_MS).length;
}

/** Matured ones before the window. */
function early(): number {
  const fromMs = AT_MS - POLICY.maturityMs - POLICY.windowMs + 1;
  return GOOD.filter(({ askedMs }) => askedMs < fromMs).length;
}

describe('fault 65: outcomes of some answers alone', () => {
  it('of one decision: nothing is concluded, and it is said', async () => {
    const found = await scanOf(GOOD.filter(({ score }) => score >= 0.5).map(knownLater(12)));
    expect(found.outcome).toBe('not-computable');
    expect(found.because).toContain('one-sided');
    expect(found.coverage).toMatchObject({ isOneSided: true });
    expect(found.coverage.because).toContain('the decision');
  });

  it('of one class: the bad ones alone would look like a degraded model', async () => {
    const found = await scanOf(GOOD.filter(({ isPositive }) => isPositive).map(knownLater(12)));
    expect(found.outcome).toBe('not-computable');
    expect(found.because).toContain('one-sided');
  });

  it('of a random part: it is a sample and is judged', async () => {
    const found = await scanOf(GOOD.filter((_, i) => i % 4 === 0).map(knownLater(12)));
    expect(found.coverage.isOneSided).toBe(false);
    expect(found.outcome).toBe('holding');
  });
});

describe('fault 66: outcomes that are corrected', () => {
  it('a scan after the correction sees the new truth; the one before is made again as it was', async () => {
    const wrong = GOOD.map((one) => outcomeLine({ ...one, isPositive: !one.isPositive }, one.askedMs + 6 * HOUR_MS));
    const correctedMs = AT_MS + HOUR_MS;
    const before = await scanOf(wrong);
    expect(before.outcome).toBe('degraded');
    expect(before.loss.low!).toBeGreaterThan(before.loss.limit!);
    await lab.load(PREDICTIONS, [...wrong, ...GOOD.map((one) => outcomeLine(one, correctedMs))]);
    expect(toTenDigits(await lab.scan(AT_MS))).toEqual(toTenDigits(before));
    expect((await lab.scan(correctedMs))!.outcome).toBe('holding');
  });

  it('lines that are in the logs twice change nothing', async () => {
    const outcomes = GOOD.map(knownLater(12));
    const once = await scanOf(outcomes);
    await lab.load([...PREDICTIONS, ...PREDICTIONS.slice(0, 900)], [...outcomes, ...outcomes.slice(300, 900)]);
    expect(toTenDigits(await lab.scan(AT_MS))).toEqual(toTenDigits(once));
  });
});

describe('fault 67: outcomes of the future', () => {
  it('that say to become true later are not the newest truth', async () => {
    const right = GOOD.map(knownLater(12));
    const once = await scanOf(right);
    const future = GOOD.map((one) =>
      outcomeLine({ ...one, isPositive: !one.isPositive }, one.askedMs + 13 * HOUR_MS, AT_MS + 1),
    );
    await lab.load(PREDICTIONS, [...right, ...future]);
    expect(toTenDigits(await lab.scan(AT_MS))).toEqual(toTenDigits(once));
  });
});

describe('a relation that changes', () => {
  it('is found although the months before were good, and the worst stretch begins with it', async () => {
    const changedMs = BORN_MS + 24 * 20 * HOUR_MS;
    const [good, bad] = [
      casesOf({ count: 6_000, fromMs: BORN_MS, hours: 480, seed: 2 }),
      casesOf({ count: 1_500, fromMs: changedMs, hours: 120, seed: 3, truth: (score) => 0.5 + (0.5 - score) * 0.4 }),
    ];
    const all = [...good, ...bad];
    lab = await outcomeLab();
    await lab.load(all.map(predictionLine), all.map(knownLater(12)));
    expect((await lab.scan(changedMs + POLICY.maturityMs))!.outcome).toBe('holding');
    const found = (await lab.scan(changedMs + 120 * HOUR_MS))!;
    expect(found.outcome).toBe('degraded');
    expect(Math.abs(Date.parse(found.loss.since!) - changedMs)).toBeLessThanOrEqual(POLICY.windowMs / 4);
    // the scores know nothing of it
    const estimated = found.estimated!.metrics.find(({ metric }) => metric === 'auc')!;
    expect(estimated.low!).toBeGreaterThan(0.7);
  });
});
