import { describe, expect, it, vi } from 'vitest';
import { DEPLOYMENTS_PATH, withDeployments } from '../../local/deployments.ts';
import { listen } from '../../local/http/listen.ts';
import { httpApi, lambdaRole, nodeFunction, writeAssembly } from './fixture-assembly.ts';
import { runningRegions } from './running-regions.ts';

const regions = runningRegions();
const saying = (word: string, pauseMs = 0) =>
  `export const handler = async () => { await new Promise((go) => setTimeout(go, ${pauseMs})); return { statusCode: 200, body: '${word}' }; };`;

/** Functions that say a word, each behind a route of its own. */
function assembly(words: Readonly<Record<string, string>>, more: object = {}): string {
  const functions = Object.keys(words).map((name) => [name, nodeFunction(`${name}-${words[name]!.length}`, 'Role')]);
  return writeAssembly({
    App: {
      assets: Object.fromEntries(
        Object.entries(words).map(([name, code]) => [`${name}-${code.length}`, { 'index.mjs': code }]),
      ),
      template: {
        Resources: {
          Role: lambdaRole([]),
          ...Object.fromEntries(functions),
          ...httpApi(
            Object.fromEntries(Object.keys(words).map((name) => [`GET /${name.toLowerCase()}`, name])),
            'NONE',
          ),
          ...more,
        },
      },
    },
  });
}

const said = async (url: string, path: string) => {
  const response = await fetch(url + path);
  return [response.status, response.status === 200 ? await response.text() : null];
};
const post = (url: string, assemblyDir: unknown, headers: Record<string, string> = {}) =>
  fetch(url + DEPLOYMENTS_PATH, { method: 'POST', headers, body: JSON.stringify({ assemblyDir }) });

describe('a running region', () => {
  it('takes changed code, new routes and removals live, and lets what runs end', async () => {
    const { apiUrl } = await regions.start({ assemblyDir: assembly({ Kept: saying('a'), Gone: saying('bb', 400) }) });
    const running = said(apiUrl, '/gone');
    await said(apiUrl, '/kept');
    const response = await post(apiUrl, assembly({ Kept: saying('changed'), New: saying('new') }));
    expect(response.status).toBe(200);
    expect(await running).toEqual([200, 'bb']);
    expect(await said(apiUrl, '/kept')).toEqual([200, 'changed']);
    expect(await said(apiUrl, '/new')).toEqual([200, 'new']);
    expect(await said(apiUrl, '/gone')).toEqual([404, null]);
  });

  it('goes back to what it was when the new assembly cannot be brought up', async () => {
    const { apiUrl } = await regions.start({ assemblyDir: assembly({ Kept: saying('a') }) });
    const broken = { Wrong: { Type: 'AWS::Events::Rule', Properties: { EventBusName: 'nowhere', EventPattern: {} } } };
    const response = await post(apiUrl, assembly({ Kept: saying('changed') }, broken));
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.stringContaining('no event bus \\"nowhere\\"'),
    ]);
    expect(await said(apiUrl, '/kept')).toEqual([200, 'a']);
    expect((await post(apiUrl, assembly({ Kept: saying('changed') }))).status).toBe(200);
  });

  it('takes deployments only from this machine, and only folders', async () => {
    const { apiUrl } = await regions.start({ assemblyDir: assembly({ Kept: saying('a') }) });
    const next = assembly({ Kept: saying('changed') });
    expect((await post(apiUrl, next, { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await post(apiUrl, '/no/such/folder')).status).toBe(400);
    expect((await post(apiUrl, 7)).status).toBe(400);
    expect(await said(apiUrl, '/kept')).toEqual([200, 'a']);
  });
});

it('one deployment at a time, and another when that is over', async () => {
  const server = await listen(0, 'test', '--port');
  let finish: (() => void) | null = null;
  const deploy = () =>
    new Promise<void>((resolve) => {
      finish = resolve;
    });
  server.serve(withDeployments(() => {}, { stateDir: '/state', apiUrl: server.url, deploy }));
  const [dir, began] = [assembly({ Kept: saying('a') }), () => vi.waitUntil(() => finish !== null)];
  const first = post(server.url, dir);
  await began();
  expect((await post(server.url, dir)).status).toBe(409);
  finish!();
  expect((await first).status).toBe(200);
  finish = null;
  const second = post(server.url, dir);
  await began();
  finish!();
  expect((await second).status).toBe(200);
  await server.close();
});
