import jsonata from 'jsonata';
import { expect, it } from 'vitest';
import { MAX_IN_SERVICE_MS } from '../../contracts/definitions/rollout-policy.ts';
import { definitionText } from './machines.ts';

const BEGUN_MS = Date.UTC(2026, 0);
/** A wait, a task and a choice, each entered and left. */
const EVENTS_PER_LOOK = 9;
/** Beside a champion, alone, settled. */
const MAX_STEPS = 3;
/** Step Functions ends an execution with 25,000 events; functions that are tried again need some. */
const MAX_EVENTS_OF_LOOKS = 20_000;

/** Seconds after the beginning of a change at which the machine looks, as its file says. */
async function looks(endpointPollSeconds: number, untilMs: number): Promise<readonly number[]> {
  const machine = definitionText('rollout').replace(/\$\{EndpointPollSeconds\}/, String(endpointPollSeconds));
  const { Seconds } = JSON.parse(machine).States.WaitForEndpoint as { readonly Seconds: string };
  const wait = jsonata(Seconds.replace(/^\{%|%\}$/g, ''));
  const begunAt = new Date(BEGUN_MS).toISOString();
  const at: number[] = [];
  for (let passedMs = 0; passedMs < untilMs; ) {
    const context = { State: { EnteredTime: new Date(BEGUN_MS + passedMs).toISOString() } };
    passedMs += 1000 * Number(await wait.evaluate({}, { states: { context }, begunAt }));
    at.push(passedMs / 1000);
  }
  return at;
}

it.each([1, 5, 20, 300])(
  'looking every %i s at first, the longest wait a model may declare fits into the history of an execution',
  async (endpointPollSeconds) => {
    const { length } = await looks(endpointPollSeconds, MAX_IN_SERVICE_MS);
    expect(length * EVENTS_PER_LOOK * MAX_STEPS).toBeLessThan(MAX_EVENTS_OF_LOOKS);
  },
);

it('looks often at first, then every two minutes, and notices within a sixtieth of the time it took', async () => {
  const at = await looks(5, MAX_IN_SERVICE_MS);
  expect(at.slice(0, 3)).toEqual([5, 10, 15]);
  const waits = at.map((seconds, i) => seconds - (at[i - 1] ?? 0));
  expect(Math.max(...waits)).toBe(120);
  expect(waits.every((wait, i) => wait <= Math.max(5, (at[i - 1] ?? 0) / 60))).toBe(true);
});

it('never waits less than the environment says', async () => {
  expect((await looks(300, MAX_IN_SERVICE_MS)).slice(0, 2)).toEqual([300, 600]);
});
