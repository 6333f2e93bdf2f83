import { beforeEach, describe, expect, it } from 'vitest';
import { EXCHANGES } from '../../contracts/api/openapi.ts';
import { RolloutRequest } from '../../contracts/rollout.ts';
import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import { sha256Hex } from '../../core/canonical-json.ts';
import { HOUR_MS } from '../../core/clock.ts';
import { viewTable } from '../../core/offline/table-layout.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { parseS3Uri } from '../../core/release/s3-uri.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import { bringToLife } from '../../core/versions/registered-version.ts';
import { makeRollBack } from '../../lambdas/handlers/operations/roll-back.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { newRollout } from '../new-rollout.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';

const ADA = 'arn:aws:iam::000000000000:user/ada';
const ARTIFACT = new TextEncoder().encode('model');
const T = '2026-03-01T12:00:00.000Z';
const about = { action: 'test', actor: 'test', at: T, detail: {} };

let platform: PlatformInMemory;
let old: string;
let present: string;
beforeEach(async () => {
  platform = platformInMemory();
  await registerChurn(platform);
  const change = (manifest: ReleaseManifest) => ({
    ...manifest,
    artifact: { ...manifest.artifact, sha256: sha256Hex(ARTIFACT) },
  });
  old = await promote(platform, 1, change);
  present = await promote(platform, 2, change);
});

/** Artifact, versions and online rows, as they are while the release can come back. */
async function keepWhole(releaseId: string): Promise<void> {
  const { artifact, featureViews } = await platform.releases.manifest(releaseId);
  await platform.objects.put(parseS3Uri(artifact.uri), ARTIFACT, 'application/gzip');
  for (const resolved of featureViews) {
    const { view, version } = resolved;
    const cause = { at: T, because: 'test', releaseId };
    await platform.versionRegistry.change(view.name, version, (seen) => bringToLife(seen, resolved, cause));
    const table = viewTable(view.name, version);
    await platform.tables.open(table, 'r1', HOUR_MS, 'alone');
    const facts = { rows: 1, oldestEventTimeMs: 1, newestEventTimeMs: 1, materializedToMs: null, report: {} };
    await platform.tables.commit(table, 'r1', facts);
    await platform.tables.advanceOnline(table, platform.clock.now().getTime());
  }
}

async function rollBack(body: object, key = 'once') {
  const how = { path: { model: 'churn' }, headers: { 'idempotency-key': key } };
  const answer = await call(makeRollBack(platform, silentLog), 'POST /v1/models/{model}/rollbacks', body, how);
  if (answer.status < 300) EXCHANGES.rollBack.response.parse(answer.body);
  return answer;
}

/** A rollout of a third release that has come to this phase; its release answers half of the entities in the canary. */
async function rollingOut(phase: Rollout['phase']): Promise<Rollout> {
  const begun = newRollout('third', { releaseId: 'c'.repeat(64), previousReleaseId: present });
  const { fence } = await platform.registry.beginRollout(begun, about);
  const { route: from } = await platform.registry.model('churn');
  const challenger = { releaseId: begun.releaseId, variant: 'challenger', share: 0.5, rolloutId: 'third' } as const;
  const route = phase === 'canary' ? { from, to: { ...from, challenger, epoch: from.epoch + 1 } } : null;
  return platform.registry.changeRollout({ seen: begun, next: { ...begun, phase }, route, fence }, about);
}

const lastRecord = async () => {
  const chain = await platform.registry.audit('churn', 1, 100);
  expect(firstBrokenRecord(chain)).toBeNull();
  return chain.at(-1);
};

describe('a rollback while a rollout runs', () => {
  it('is one write, after which the release before answers alone', async () => {
    await rollingOut('canary');
    const before = (await platform.registry.audit('churn', 1, 100)).length;
    const { status, body } = await rollBack({ because: 'numbers look wrong' });
    expect([status, body]).toEqual([
      200,
      {
        rolledBack: true,
        immediate: true,
        releaseId: present,
        epoch: 4,
        rolloutId: 'third',
        executionId: null,
      },
    ]);
    const { route } = await platform.registry.model('churn');
    expect(route).toMatchObject({ champion: { releaseId: present }, challenger: null, shadow: null, epoch: 4 });
    const rollout = await platform.registry.rollout('third');
    const stop = { kind: 'person', actor: ADA, because: 'numbers look wrong', at: T };
    expect(rollout).toMatchObject({ phase: 'restoring', stop, outcome: null });
    expect(await platform.registry.audit('churn', before + 1, 100)).toMatchObject([
      { action: 'rollout.stopped', actor: ADA, detail: { rolloutId: 'third', phase: 'canary', kind: 'person' } },
    ]);
    expect(platform.events.published.map(({ type }) => type)).toEqual(['headgate.rollout.restoring']);
    expect(platform.workflow.started).toEqual([]);
  });

  it('needs nothing that could be missing, and may be asked for again', async () => {
    await rollingOut('canary');
    await rollBack({ because: 'wrong' });
    const again = await rollBack({ because: 'wrong', to: present }, 'twice');
    expect([again.status, again.body]).toMatchObject([200, { rolledBack: true, releaseId: present, epoch: 4 }]);
    expect((await platform.registry.rollout('third')).timeline).toHaveLength(2);
  });

  it('wakes the flow that waits for an approval', async () => {
    await rollingOut('approval');
    await platform.registry.keepTaskToken('third', 'token-1');
    expect((await rollBack({ because: 'not this week' })).body).toMatchObject({ immediate: true, epoch: 2 });
    expect(platform.workflow.woken.map(({ taskToken }) => taskToken)).toEqual(['token-1']);
  });

  it('tries again when automation wrote in between', async () => {
    const seen = await rollingOut('canary');
    const { rollouts } = platform.registry;
    const stale = { ...seen, step: 7 };
    let reads = 0;
    const registry = {
      ...platform.registry,
      rollouts: async (name: string) => (reads++ === 0 ? [stale] : rollouts(name)),
    };
    platform = { ...platform, registry };
    expect((await rollBack({ because: 'wrong' })).body).toMatchObject({ rolledBack: true });
    expect(reads).toBe(2);
  });

  it('stops it at once and starts the way to another release', async () => {
    await rollingOut('canary');
    await keepWhole(old);
    const { status, body } = await rollBack({ to: old, because: 'further' });
    expect([status, body]).toMatchObject([202, { rolledBack: false, immediate: true, releaseId: present, epoch: 4 }]);
    expect(platform.workflow.started).toMatchObject([{ input: { releaseId: old, kind: 'rollback' } }]);
    expect((await platform.registry.rollout('third')).phase).toBe('restoring');
  });
});

describe('a rollback after the promotion', () => {
  it('is a flow of its own, started once for the same request', async () => {
    await keepWhole(old);
    const { status, body } = await rollBack({ because: 'complaints' });
    expect([status, body]).toMatchObject([202, { rolledBack: false, immediate: false, releaseId: present, epoch: 2 }]);
    const input = RolloutRequest.parse(platform.workflow.started[0]?.input);
    expect(input).toMatchObject({ releaseId: old, kind: 'rollback', cause: 'complaints', actor: ADA });
    expect(body['executionId']).toBe(`rollout:${input.rolloutId}`);
    expect((await rollBack({ because: 'complaints' })).body['executionId']).toBe(body['executionId']);
    expect(platform.workflow.started).toHaveLength(1);
  });

  it('is refused with every reason when the release cannot come back, and nothing is changed', async () => {
    const before = await lastRecord();
    const { status, body } = await rollBack({ because: 'complaints' });
    expect([status, body]).toMatchObject([409, { error: { name: 'NoWayBackError' } }]);
    const text = JSON.stringify(body);
    for (const reason of ['there is no object', 'feature view spend', 'feature view last_order']) {
      expect(text).toContain(reason);
    }
    expect(platform.workflow.started).toEqual([]);
    expect(await lastRecord()).toEqual(before);
  });

  it('is refused for an artifact that was replaced since', async () => {
    await keepWhole(old);
    const { artifact } = await platform.releases.manifest(old);
    await platform.objects.put(parseS3Uri(artifact.uri), new TextEncoder().encode('other'), 'application/gzip');
    expect((await rollBack({ because: 'x' })).text).toContain('was registered with');
  });

  it('is refused for a release that never was champion, and for one that nobody knows', async () => {
    const { model, ...summary } = await platform.registry.release(old);
    const never = { ...summary, model, releaseId: 'e'.repeat(64) };
    await platform.registry.addRelease(never, about);
    expect((await rollBack({ to: never.releaseId, because: 'x' })).text).toContain('was never promoted');
    expect((await rollBack({ to: 'd'.repeat(64), because: 'x' })).status).toBe(404);
    expect((await rollBack({ to: present, because: 'x' })).text).toContain('is the champion already');
  });

  it.each([
    [{}, 'because'],
    [{ because: '  ' }, 'must say why'],
    [{ because: 'x', to: 'abc' }, 'must be a release id'],
    [{ because: 'x', force: true }, 'force'],
    [{ because: 'all is well\r\u001b[2J' }, 'must not have control characters'],
  ])('refuses %j', async (body, says) => {
    const answer = await rollBack(body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(says)]);
  });
});
