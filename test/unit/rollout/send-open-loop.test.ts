import { describe, expect, it } from 'vitest';
import { arrivals } from '../../../core/rollout/arrivals.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { type OpenLoop, sendOpenLoop } from '../../../lambdas/use-cases/rollout/send-open-loop.ts';
import { virtualTimer } from '../../memory/virtual-timer.ts';

type Server = (request: number, wait: (ms: number) => Promise<void>, startedMs: number) => Promise<void>;

async function sent(over: Partial<OpenLoop>, server: Server) {
  const timer = virtualTimer();
  const starts: number[] = [];
  const beginMs = timer.nowMs();
  const found = sendOpenLoop(timer, {
    arrivalsMs: Float64Array.from({ length: 10 }, (_, i) => i * 100),
    maxInFlight: 100,
    drainMs: 10_000,
    send: (request) => {
      const startedMs = timer.nowMs() - beginMs;
      starts.push(startedMs);
      return server(request, (ms) => timer.until(timer.nowMs() + ms), startedMs);
    },
    ...over,
  });
  await timer.run();
  return { ...(await found), starts };
}

describe('an open loop', () => {
  it('sends each request when it is due, however slow the answers are', async () => {
    const { starts, latenciesMs, failures } = await sent({}, (_, wait) => wait(1_000));
    expect(starts).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect([...latenciesMs]).toEqual(Array.from({ length: 10 }, () => 1_000));
    expect(failures).toEqual({});
  });

  it('shows a stall to every request that was due in it, which a closed loop would not have sent', async () => {
    // nobody is answered between 0 and 500 ms
    const { latenciesMs } = await sent({}, (_, wait, startedMs) => wait(Math.max(10, 510 - startedMs)));
    expect([...latenciesMs]).toEqual([10, 10, 10, 10, 10, 110, 210, 310, 410, 510]);
  });

  it('counts the wait for a free place as latency', async () => {
    const { starts, latenciesMs } = await sent({ maxInFlight: 1 }, (_, wait) => wait(150));
    expect(starts[9]).toBe(1_350);
    expect(latenciesMs[9]).toBe(1_350 + 150 - 900);
  });

  it('tells its own delays from those of the release', async () => {
    const slow = await sent({ maxInFlight: 1 }, (_, wait) => wait(150));
    expect(slow.lateMs).toBe(0);
    expect(slow.promptMs).toEqual(slow.latenciesMs);
    // a timer that comes 40 ms too late
    const timer = virtualTimer();
    const late = { nowMs: timer.nowMs, until: (ms: number) => timer.until(ms + 40) };
    const send = () => timer.until(timer.nowMs() + 10);
    const found = sendOpenLoop(late, { arrivalsMs: Float64Array.of(0, 100), maxInFlight: 9, drainMs: 1_000, send });
    await timer.run();
    expect(await found).toMatchObject({
      lateMs: 40,
      latenciesMs: Float64Array.of(50, 50),
      promptMs: Float64Array.of(10, 10),
    });
  });

  it('counts failures by name and goes on', async () => {
    const { latenciesMs, failures } = await sent({}, async (request, wait) => {
      await wait(5);
      if (request % 2 === 0) throw new RangeError('no');
    });
    expect(latenciesMs).toHaveLength(5);
    expect(failures).toEqual({ RangeError: 5 });
  });

  it('ends in time, and counts what was not answered and what was not sent', async () => {
    const never = () => new Promise<void>(() => {});
    expect(await sent({ drainMs: 50 }, never)).toMatchObject({ failures: { NotAnswered: 10 } });
    const full = await sent({ drainMs: 50, maxInFlight: 3 }, never);
    expect(full.failures).toEqual({ NotAnswered: 3, NotSent: 7 });
    expect(full.latenciesMs).toHaveLength(0);
  });

  it('has nothing to do without requests', async () => {
    expect(await sent({ arrivalsMs: new Float64Array(0) }, () => Promise.resolve())).toMatchObject({ failures: {} });
  });
});

describe('arrivals', () => {
  it('are as many as rate and time say, in order and within the time', () => {
    const instants = arrivals(50, 20_000, seededRandom(1));
    expect(instants).toHaveLength(1000);
    expect([...instants]).toEqual([...instants].sort((a, b) => a - b));
    expect(instants.every((at) => at >= 0 && at < 20_000)).toBe(true);
  });

  it('come in bursts and gaps like those of callers who do not know of each other', () => {
    const instants = arrivals(100, 100_000, seededRandom(2));
    const gaps = Array.from({ length: instants.length - 1 }, (_, i) => instants[i + 1]! - instants[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(mean).toBeCloseTo(10, 1);
    expect(deviation / mean).toBeCloseTo(1, 1); // as of an exponential distribution
  });
});
