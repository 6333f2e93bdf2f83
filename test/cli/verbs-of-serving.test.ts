import { describe, expect, it, vi } from 'vitest';
import { runCommand } from './run-command.ts';
import { apiOf, failure, fileOf } from './scripted-api.ts';

describe('predict', () => {
  const answer = {
    predictionId: 'p1',
    model: 'repeat',
    releaseId: 'cd'.repeat(32),
    arm: 'champion',
    prediction: { score: 0.71239, decision: true },
    features: {
      'spend:total': { value: 12.5, status: 'PRESENT', eventTime: null },
      'profile:country': { value: null, status: 'NOT_FOUND', eventTime: null },
    },
  };

  it('shows score, decision and features with their status', async () => {
    const api = await apiOf({ 'POST /v1/models/repeat/predictions': { body: answer } });
    vi.stubEnv('HEADGATE_URL', api.url);
    const ran = await runCommand(['predict', 'repeat', 'customer_id=C1']);
    expect(ran.stdout).toContain('repeat 0.7124  yes');
    expect(ran.stdout).toMatch(/spend:total +12\.5 +PRESENT/);
    expect(ran.stdout).toMatch(/profile:country +- +NOT_FOUND/);
    expect(JSON.parse(api.asked.at(-1)!.body)).toEqual({ entities: { customer_id: 'C1' } });
  });

  it('sends a number where the platform says that the key is one', async () => {
    const details = { at: 'entities.customer_id', allowed: 'int64' };
    const api = await apiOf({
      'POST /v1/models/repeat/predictions': [
        failure(400, 'invalid-input', 'must be a whole number', details),
        { body: answer },
      ],
    });
    const ran = await runCommand(['predict', 'repeat', 'customer_id=17850', '--json', '--url', api.url]);
    expect(JSON.parse(ran.stdout)).toEqual(answer);
    expect(JSON.parse(api.asked[1]!.body)).toEqual({ entities: { customer_id: 17850 } });
  });

  it('sends what the request brings, as the types that the platform names', async () => {
    const types = {
      amount: 'float64',
      items: 'int64',
      gift: 'boolean',
      note: 'string',
      seen: 'timestamp',
      rate: 'int64',
    };
    const api = await apiOf({
      'POST /v1/models/repeat/predictions': [
        failure(400, 'invalid-input', 'context.amount must be a number', { at: 'context.amount', types }),
        { body: answer },
      ],
    });
    const given = ['amount=12.50', 'items=3', 'gift=false', 'note=7', 'seen=2026-03-01T12:00:00Z', 'rate='];
    const context = given.flatMap((pair) => ['--context', pair]);
    await runCommand(['predict', 'repeat', 'customer_id=C1', ...context, '--json', '--url', api.url]);
    expect(JSON.parse(api.asked[0]!.body).context).toEqual(Object.fromEntries(given.map((pair) => pair.split('='))));
    expect(JSON.parse(api.asked[1]!.body)).toEqual({
      entities: { customer_id: 'C1' },
      context: { amount: 12.5, items: 3, gift: false, note: '7', seen: '2026-03-01T12:00:00Z', rate: null },
    });
  });

  it('gives up on a value that is not of its type', async () => {
    const refusal = failure(400, 'invalid-input', 'context.amount must be a number or null, given "much"', {
      types: { amount: 'float64' },
    });
    const api = await apiOf({ 'POST /v1/models/repeat/predictions': refusal });
    const ran = await runCommand(['predict', 'repeat', 'id=1', '--context', 'amount=much', '--url', api.url]);
    expect(ran.stderr).toContain('context.amount must be a number or null, given "much"');
    expect(api.asked).toHaveLength(1);
  });

  it('tells what the platform refused', async () => {
    const message = 'no model named "repaet"; known: repeat';
    const api = await apiOf({ 'POST /v1/models/repaet/predictions': failure(404, 'not-found', message) });
    const ran = await runCommand(['predict', 'repaet', 'customer_id=C1', '--json', '--url', api.url]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`headgate: ${message}`);
    expect(JSON.parse(ran.stdout)).toEqual({ error: { name: 'TestError', kind: 'not-found', message, details: {} } });
  });

  it('waits and asks again, with the same key, while the platform is busy', async () => {
    const busy = { ...failure(429, 'throttled', 'slow down'), headers: { 'retry-after': '0' } };
    const api = await apiOf({ 'POST /v1/models/repeat/predictions': [busy, busy, { body: answer }] });
    expect((await runCommand(['predict', 'repeat', 'customer_id=C1', '--url', api.url])).code).toBe(0);
    expect(api.asked).toHaveLength(3);
    expect(new Set(api.asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });
});

describe('outcomes', () => {
  it.each([
    [
      'JSON lines',
      'o.jsonl',
      '{"predictionId":"p1","value":true,"occurredAt":"2026-01-01T00:00:00Z"}\n\n{"predictionId":"p2","value":0.5,"occurredAt":"2026-01-02T00:00:00Z"}\n',
    ],
    [
      'a JSON array',
      'o.json',
      '[{"predictionId":"p1","value":true,"occurredAt":"2026-01-01T00:00:00Z"},{"predictionId":"p2","value":0.5,"occurredAt":"2026-01-02T00:00:00Z"}]',
    ],
    ['CSV', 'o.csv', 'predictionId,value,occurredAt\np1,true,2026-01-01T00:00:00Z\np2,0.5,2026-01-02T00:00:00Z\n'],
  ])('reads %s', async (_what, name, given) => {
    const receipts = [
      { predictionId: 'p1', status: 'recorded' },
      { predictionId: 'p2', status: 'unknown-prediction' },
    ];
    const api = await apiOf({
      'POST /v1/models/repeat/outcomes': { body: { receipts, counts: { recorded: 1, 'unknown-prediction': 1 } } },
    });
    const ran = await runCommand(['outcomes', 'repeat', await fileOf(name, given), '--url', api.url]);
    expect(ran.stdout).toBe('1 outcome recorded\n1 outcome unknown-prediction\n  there is no prediction p2\n');
    expect(JSON.parse(api.asked[0]!.body)).toEqual({
      outcomes: [
        { predictionId: 'p1', value: true, occurredAt: '2026-01-01T00:00:00Z' },
        { predictionId: 'p2', value: 0.5, occurredAt: '2026-01-02T00:00:00Z' },
      ],
    });
  });

  it.each([
    ['nothing', '', 'there are no outcomes'],
    ['a line that is no outcome', '{"predictionId":"p1"}', 'line 1 is not an outcome'],
    ['a line that is no JSON', '{"predictionId"', 'line 1 is not JSON'],
    ['a value that is text', 'predictionId,value,occurredAt\np1,maybe,2026-01-01', 'line 2 is not an outcome'],
  ])('refuses %s', async (_why, given, says) => {
    const ran = await runCommand(['outcomes', 'repeat', await fileOf('o', given), '--url', 'http://127.0.0.1:9']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(says);
  });
});

describe('status and releases', () => {
  const route = {
    model: 'repeat',
    endpointName: 'e',
    champion: { releaseId: 'ef'.repeat(32), variant: 'champion' },
    challenger: null,
    shadow: null,
    epoch: 3,
  };
  const release = {
    releaseId: 'ef'.repeat(32),
    model: 'repeat',
    createdAt: '2026-01-01T00:00:00.000Z',
    passed: true,
    trainingSetId: 't',
    metrics: { auc: 0.9 },
    manifestUri: 's3://x',
    featureViews: [],
  };

  it('gives an overview', async () => {
    const view = {
      name: 'spend',
      version: 'abc',
      entity: 'customer',
      source: { rows: 5000 },
      offline: { rows: 70, materializedTo: null, newestEventTime: null },
      ageSeconds: 90_000,
      isFresh: false,
      quality: null,
    };
    const because = 'share of rows without spend is 0.5 (35 of 70), at most 0.1 is allowed';
    const expectations = [
      { name: 'spend_null_share', severity: 'block', outcome: 'fail', because },
      { name: 'volume', severity: 'warn', outcome: 'inconclusive', because: 'too few runs' },
      { name: 'paid', severity: 'quarantine', outcome: 'fail', because, evidence: [{ note: '1200 of 4000 rows' }] },
    ];
    const at = '2026-01-01T00:00:00.000Z';
    const quality = { view: 'visits', at, outcome: 'blocked', setAsideRows: 1200, expectations };
    const kept = {
      view: 'spend',
      version: 'old1',
      isCurrent: false,
      state: 'live',
      neededBy: ['efefefefefefefef'],
      retiresAfter: null,
      rows: 60,
      materializedTo: at,
    };
    const gone = { ...kept, view: 'gone', version: 'old2', neededBy: [], retiresAfter: '2026-01-02T00:00:00.000Z' };
    const api = await apiOf({
      'GET /health': { body: { status: 'ok', version: '0.1.0', stage: 'dev' } },
      'GET /v1/feature-views': {
        body: {
          featureViews: [
            { ...view, versions: [kept] },
            { ...view, versions: [], name: 'visits', quality },
          ],
          onDemandFeatureViews: [
            { name: 'share', features: [{ name: 'ratio' }], reads: ['spend:spend_7d'], request: [{ name: 'basket' }] },
          ],
          removed: [gone],
        },
      },
      'GET /v1/feature-services': { body: { featureServices: [{ name: 'till', features: ['spend:spend_7d'] }] } },
      'GET /v1/models': {
        body: {
          models: [
            { name: 'repeat', route, isDefined: true },
            { name: 'old', route: null, isDefined: false },
          ],
        },
      },
    });
    const ran = await runCommand(['status', '--url', api.url]);
    expect(ran.stdout).toMatch(/spend +abc +customer +5,000 +70 +never +stale/);
    expect(ran.stdout).toMatch(/visits +abc .* newest run refused, 1,200 set aside/);
    expect(ran.stdout).toContain(`  visits: spend_null_share (block, run of ${at}): ${because}`);
    expect(ran.stdout).toContain(`  visits: paid set aside 1200 of 4000 rows, run of ${at}`);
    expect(ran.stdout).not.toContain('volume');
    expect(ran.stdout).toMatch(/spend +old1 +live +60 .* needed by efefefefefef/);
    expect(ran.stdout).toMatch(/gone +old2 +live +60 .* 2026-01-02T00:00:00.000Z/);
    expect(ran.stdout).toMatch(/share +ratio +spend:spend_7d, basket/);
    expect(ran.stdout).toMatch(/till +spend:spend_7d/);
    expect(ran.stdout).toMatch(/repeat +efefefefefef/);
    expect(ran.stdout).toMatch(/old +not deployed +no longer defined/);
  });

  it('gives one model', async () => {
    const api = await apiOf({
      'GET /v1/models/repeat': {
        body: {
          name: 'repeat',
          route,
          newestRelease: release,
          newestRollout: null,
          hold: null,
          lastScan: null,
          definition: null,
        },
      },
    });
    const ran = await runCommand(['status', 'repeat', '--url', api.url]);
    expect(ran.stdout).toContain(`answered by  ${route.champion.releaseId} on champion`);
  });

  it('lists the releases of every page', async () => {
    const api = await apiOf({
      'GET /v1/models/repeat/releases': { body: { releases: [release], next: 'n 1' } },
      'GET /v1/models/repeat/releases?cursor=n%201': {
        body: { releases: [{ ...release, passed: false }], next: null },
      },
    });
    const ran = await runCommand(['releases', 'repeat', '--url', api.url]);
    expect(ran.stdout.split('\n')).toHaveLength(4);
    expect(ran.stdout).toContain('did not pass');
  });
});
