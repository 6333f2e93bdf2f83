import { beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import type { MissingPolicy } from '../../core/definitions/model.ts';
import type { Value } from '../../core/definitions/value-type.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import { type Answer, call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

let platform: PlatformInMemory;
let predict: (body: unknown) => Promise<Answer>;

beforeEach(async () => {
  platform = platformInMemory();
  const handler = makePredict(platform, silentLog);
  predict = (body) => call(handler, 'POST /v1/models/{model}/predictions', body, { path: { model: 'churn' } });
  await registerChurn(platform);
});

const withPolicy =
  (policy: Partial<MissingPolicy>, defaults: Readonly<Record<string, Value>> = {}) =>
  (manifest: ReleaseManifest): ReleaseManifest => {
    const missing = { ...manifest.model.serving.missing, ...policy };
    const inputs = manifest.inputs.map((input) => ({
      ...input,
      defaultValue: defaults[`${input.view}:${input.feature}`] ?? null,
    }));
    return { ...manifest, inputs, model: { ...manifest.model, serving: { ...manifest.model.serving, missing } } };
  };

async function bringOnline(view: string, values: readonly Value[], ageMs = 0): Promise<void> {
  const { view: of, entity, version } = resolveView(shop, view);
  const eventTimeMs = platform.clock.now().getTime() - ageMs;
  const key = { entity: entity.name, key: [7], view, version };
  const times = { eventTimeMs, knownAtMs: eventTimeMs, expiresAtMs: null };
  await platform.online.write([{ ...key, values: packRow(of.features, values), ...times }]);
}

const asked = { entities: { customer_id: 7 } };
const row = { 'last_order:amount': 60, 'last_order:country': 'France', 'last_order:gift': false, 'spend:sum_7d': null };
const errorOf = ({ body }: Answer) => body['error'] as { name: string; message: string; details: unknown };

describe('what a model does about missing and stale inputs', () => {
  it('is to answer 409, naming each of them, when its policy refuses', async () => {
    await promote(platform, 1, withPolicy({ onMissing: 'refuse' }));
    await bringOnline('last_order', [40, 80, null, true]);
    const answer = await predict(asked);
    expect(answer.status).toBe(409);
    expect(errorOf(answer)).toMatchObject({
      name: 'MissingFeaturesError',
      details: {
        model: 'churn',
        features: [
          { ref: 'last_order:country', status: 'NULL_VALUE' },
          { ref: 'spend:sum_7d', status: 'NOT_FOUND' },
        ],
      },
    });
    expect(errorOf(answer).message).toContain('without last_order:country (NULL_VALUE), spend:sum_7d (NOT_FOUND)');
    expect(platform.invoker.calls).toEqual([]);
    expect(platform.ledger.records.size).toBe(0);
  });

  it('is also asked about rows that the caller gives', async () => {
    await promote(platform, 1, withPolicy({ onMissing: 'refuse' }));
    expect(errorOf(await predict({ instances: [row] })).message).toContain('spend:sum_7d (NULL_VALUE)');
  });

  it('tells stale from missing: a stale value may be refused while a missing one is not, and the other way round', async () => {
    await bringOnline('last_order', [40, 80, 'France', true], 31 * DAY_MS);
    await promote(platform, 1, withPolicy({ onStale: 'refuse' }));
    const refused = await predict(asked);
    expect(refused.status).toBe(409);
    expect(errorOf(refused).message).toContain('last_order:amount (OUTSIDE_MAX_AGE)');
    expect(errorOf(refused).message).not.toContain('spend:sum_7d');
    await promote(platform, 2, withPolicy({ onStale: 'as-missing' }));
    expect((await predict(asked)).status).toBe(200);
  });

  it('is to use defaults, which are never refused, and the evidence says so', async () => {
    const defaults = { 'spend:sum_7d': 0, 'last_order:country': 'United Kingdom', 'last_order:gift': false };
    await promote(platform, 1, withPolicy({ onMissing: 'refuse', onStale: 'refuse' }, defaults));
    await bringOnline('last_order', [40, 80, null, true]);
    const { status, body } = await predict(asked);
    expect(status).toBe(200);
    expect(platform.invoker.calls[0]).toMatchObject({ rows: [[40, 0, 1, 0]] });
    expect(body['features']).toMatchObject({
      'last_order:country': { value: null, status: 'NULL_VALUE', defaultValue: 'United Kingdom' },
      'spend:sum_7d': { value: null, status: 'NOT_FOUND', eventTime: null, defaultValue: 0 },
    });
    const { features } = await platform.ledger.evidence(String(body['predictionId']));
    expect(features['spend:sum_7d']).toEqual({ value: null, status: 'NOT_FOUND', eventTimeMs: null, defaultValue: 0 });
    expect(features['last_order:gift']).not.toHaveProperty('defaultValue');
  });
});
