import { beforeEach, describe, expect, it } from 'vitest';
import { EXCHANGES } from '../../contracts/api/openapi.ts';
import { makeReadReleases } from '../../lambdas/handlers/releases/read.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, registerChurn } from './platform-in-memory.ts';
import { churnRelease } from './shop-definitions.ts';

let platform: PlatformInMemory;
let ids: string[];
beforeEach(async () => {
  platform = platformInMemory();
  await registerChurn(platform);
  ids = [];
  for (const auc of [0.8, 0.85]) {
    const { manifest, releaseId } = churnRelease(1, (before) => ({
      ...before,
      evaluation: { ...before.evaluation, metrics: { auc } },
    }));
    const { uri } = await platform.releases.put(manifest);
    await platform.registry.addRelease(
      {
        releaseId,
        model: 'churn',
        createdAt: manifest.createdAt,
        passed: true,
        trainingSetId: manifest.trainingSet.trainingSetId,
        metrics: { auc },
        manifestUri: uri,
        featureViews: [],
      },
      { action: 'release.registered', actor: 'test', at: manifest.createdAt, detail: { releaseId } },
    );
    ids.push(releaseId);
  }
});

const diff = (id: string, other: string) =>
  call(makeReadReleases(platform, silentLog), 'GET /v1/releases/{id}/diff/{other}', undefined, { path: { id, other } });

describe('the difference between two releases', () => {
  it('is told for ids and for the first digits of them', async () => {
    const { status, body } = await diff(ids[0]!, ids[1]!);
    expect(status).toBe(200);
    EXCHANGES.diffReleases.response.parse(body);
    expect(body).toMatchObject({
      before: ids[0],
      after: ids[1],
      answerAlike: true,
      sections: [{ title: 'metrics', lines: [{ says: 'auc 0.8 → 0.85 (+0.05)' }] }],
    });
    expect((await diff(ids[0]!.slice(0, 8), ids[1]!.slice(0, 8))).body).toEqual(body);
  });

  it('is refused for what is no id, and for digits that none begins with', async () => {
    expect((await diff('churn', ids[1]!)).status).toBe(400);
    expect((await diff('0000', ids[1]!)).status).toBe(404);
    expect((await diff(ids[0]!, 'f'.repeat(64))).status).toBe(404);
  });
});

describe('the card and the lineage of a release', () => {
  const read = (what: 'card' | 'lineage', id: string) =>
    call(makeReadReleases(platform, silentLog), `GET /v1/releases/{id}/${what}`, undefined, { path: { id } });

  it('are made of what the manifest says', async () => {
    const card = await read('card', ids[0]!.slice(0, 6));
    expect(card.status).toBe(200);
    EXCHANGES.getReleaseCard.response.parse(card.body);
    expect(card.body).toMatchObject({
      releaseId: ids[0],
      status: 'PendingReview',
      content: { model_overview: { model_name: 'churn', algorithm_type: 'XGBoost' } },
      markdown: expect.stringContaining('## Metrics on the sealed test rows'),
    });
  });

  it('leads from the release to the runs that wrote the rows', async () => {
    const opened = await platform.tables.open('source_orders', 'load-1', 60_000, 'beside-others');
    if (opened.state !== 'open') throw new Error('the run is new');
    const facts = {
      rows: 7,
      oldestEventTimeMs: 1,
      newestEventTimeMs: 2,
      materializedToMs: null,
      report: { fileName: 'orders.csv' },
    };
    await platform.tables.commit('source_orders', 'load-1', facts);
    const { manifest, releaseId } = churnRelease(9, (before) => ({
      ...before,
      trainingSet: {
        ...before.trainingSet,
        watermarks: {
          source_orders: opened.loadedAtMs,
          [`view_spend_${before.featureViews[1]!.version}`]: opened.loadedAtMs,
        },
      },
    }));
    const { uri } = await platform.releases.put(manifest);
    await platform.registry.addRelease(
      {
        releaseId,
        model: 'churn',
        createdAt: manifest.createdAt,
        passed: true,
        trainingSetId: manifest.trainingSet.trainingSetId,
        metrics: {},
        manifestUri: uri,
        featureViews: [],
      },
      { action: 'release.registered', actor: 'test', at: manifest.createdAt, detail: {} },
    );
    const { status, body } = await read('lineage', releaseId);
    expect(status).toBe(200);
    EXCHANGES.getReleaseLineage.response.parse(body);
    const run = { kind: 'run', name: 'load-1', says: expect.stringMatching(/^7 rows at .* of orders\.csv$/) };
    expect(body).toMatchObject({
      rollouts: [],
      release: {
        name: releaseId,
        from: [
          {
            kind: 'job',
            from: [
              {
                kind: 'training-set',
                from: [
                  { name: 'source_orders', from: [run] },
                  { from: [{ kind: 'feature-view', from: [{ name: 'source_orders', from: [run] }] }] },
                ],
              },
            ],
          },
        ],
      },
    });
  });
});
