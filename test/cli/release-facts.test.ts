import { describe, expect, it } from 'vitest';
import { treeLines } from '../../cli/verbs/release-facts.ts';
import { runCommand } from './run-command.ts';
import { apiOf } from './scripted-api.ts';

const ID = 'ab'.repeat(32);
const leaf = (name: string) => ({ kind: 'run' as const, name, says: 'rows', from: [] });

it('draws a tree', () => {
  const table = { kind: 'table' as const, name: 't', says: 'x', from: [leaf('1'), leaf('2')] };
  expect(treeLines({ kind: 'training-set', name: ID, says: '9 rows', from: [table, leaf('3')] })).toEqual([
    'training set abababababab  9 rows',
    '├─ table t  x',
    '│  ├─ run 1  rows',
    '│  └─ run 2  rows',
    '└─ run 3  rows',
  ]);
});

describe('card and lineage', () => {
  const model = (champion: object | null) => ({ 'GET /v1/models/m': { body: { route: { champion } } } });

  it('are of the release that answers', async () => {
    const api = await apiOf({
      ...model({ releaseId: ID, variant: 'champion' }),
      [`GET /v1/releases/${ID}/card`]: { body: { releaseId: ID, status: 'Approved', content: {}, markdown: '# m\n' } },
      [`GET /v1/releases/${ID}/lineage`]: {
        body: { rollouts: [], release: { kind: 'release', name: ID, says: 'of model m', from: [leaf('1')] } },
      },
    });
    expect((await runCommand(['card', 'm', '--url', api.url])).stdout).toBe('# m\n');
    const { stdout } = await runCommand(['lineage', 'm', '--url', api.url]);
    expect(stdout).toBe('release abababababab  of model m\n└─ run 1  rows\n');
  });

  it('are of the release that is named', async () => {
    const api = await apiOf({
      'GET /v1/releases/abab/card': { body: { releaseId: ID, status: 'Draft', content: {}, markdown: '# m\n' } },
    });
    expect((await runCommand(['card', 'm', '--release', 'abab', '--url', api.url])).code).toBe(0);
  });

  it('say what to do when there is no release', async () => {
    const api = await apiOf({ ...model(null), 'GET /v1/models/m/releases': { body: { releases: [], next: null } } });
    const ran = await runCommand(['lineage', 'm', '--url', api.url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('headgate train m')]);
  });
});
