import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, vi } from 'vitest';
import { type Answer, type Asked, type FakeApi, fakeApi } from './fake-api.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Answers by `METHOD path`; a list is answered one after the other, the last one for ever. */
export async function apiOf(
  answers: Readonly<Record<string, Answer | readonly Answer[] | ((url: string) => Answer)>>,
): Promise<FakeApi> {
  const turns = new Map<string, number>();
  const api = await fakeApi((asked: Asked, url) => {
    const name = `${asked.method} ${asked.path}`;
    const answer = answers[name];
    if (answer === undefined) return failure(404, 'not-found', `no answer for ${name}`);
    if (typeof answer === 'function') return answer(url);
    if (!Array.isArray(answer)) return answer as Answer;
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    return (answer as readonly Answer[])[Math.min(turn, answer.length - 1)]!;
  });
  cleanups.push(api.stop);
  return api;
}

export async function fileOf(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-cli-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

export function failure(status: number, kind: string, message: string, details: object = {}): Answer {
  return { status, body: { error: { name: 'TestError', kind, message, details } } };
}

export function execution(status: string, more: object = {}): Answer {
  const times = { startedAt: '2026-01-01T00:00:00.000Z', endedAt: null };
  return {
    body: { executionId: 'x', flow: 'train', status, step: 'LoadFile', output: null, error: null, ...times, ...more },
  };
}
