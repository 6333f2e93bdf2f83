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
