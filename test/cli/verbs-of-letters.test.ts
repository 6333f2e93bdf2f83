import { describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';
import { apiOf } from './scripted-api.ts';

const letter = (n: number) => ({
  letterId: `letter-${n}`,
  source: n === 1 ? null : 'orders',
  reason: 'quantity: not a whole number',
  arrivedAt: '2026-03-01T12:00:00.000Z',
});

describe('dead-letters', () => {
  it('shows every page with the reasons, and what was given up', async () => {
    const api = await apiOf({
      'GET /v1/dead-letters?source=orders': {
        body: { letters: [letter(1)], total: 2, givenUpBatches: 1, next: 'a/b' },
      },
      'GET /v1/dead-letters?source=orders&after=a%2Fb': {
        body: { letters: [letter(2)], total: 2, givenUpBatches: 1, next: null },
      },
    });
    const ran = await runCommand(['dead-letters', '--source', 'orders', '--url', api.url]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/orders +2026-03-01T12:00:00\.000Z +quantity: not a whole number +letter-2/);
    expect(ran.stdout).toContain('1 batch given up');
  });

  it('says when there is none', async () => {
    const api = await apiOf({
      'GET /v1/dead-letters?': { body: { letters: [], total: 0, givenUpBatches: 0, next: null } },
    });
    expect((await runCommand(['dead-letters', '--url', api.url])).stdout).toBe('no dead letters\n');
  });
});

describe('replay', () => {
  const path = 'POST /v1/dead-letters/replays';
  const page = (results: object[], next: string | null) => ({ body: { results, unreadableBatches: [], next } });

  it('goes on to the end and tells of each letter', async () => {
    const stored = { letterId: 'l1', source: 'orders', outcome: 'stored', reason: null };
    const known = { letterId: 'l2', source: 'orders', outcome: 'already-stored', reason: null };
    const api = await apiOf({ [path]: [page([stored], 'l1'), page([known], null)] });
    const ran = await runCommand(['replay', '--source', 'orders', '--url', api.url]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/l2 +orders +already-stored/);
    expect(ran.stdout).toContain('2 letters stored, 0 still open');
    expect(api.asked.map(({ body }) => JSON.parse(body))).toEqual([
      { source: 'orders' },
      { source: 'orders', after: 'l1' },
    ]);
  });

  it('fails when a letter stays open, with the reason', async () => {
    const rejected = { letterId: 'l1', source: null, outcome: 'rejected', reason: 'no JSON' };
    const api = await apiOf({ [path]: page([rejected], null) });
    const ran = await runCommand(['replay', 'l1', '--json', '--url', api.url]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('1 letter could not be stored, the first because: no JSON');
    expect(JSON.parse(api.asked[0]!.body)).toEqual({ letterIds: ['l1'] });
  });
});
