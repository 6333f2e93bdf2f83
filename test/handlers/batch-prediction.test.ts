import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { type BatchLab, batchLab, MAX_AGE_MS, MODEL } from './batch-lab.ts';
import { ARTIFACTS, NOW, OFFLINE } from './feature-store-lab.ts';

const CUSTOMERS = [1, 2, 3, 4, 5, 6, 7];

let lab: BatchLab;
afterEach(() => lab.close());

const scoreIn = (body: Readonly<Record<string, unknown>>) => (body['prediction'] as { readonly score: number }).score;

describe('a batch prediction', () => {
  it('scores every entity that the views know as the API scores it at the same instant', async () => {
    lab = await batchLab({ partRows: 3, fileRows: 2 });
    await lab.give(CUSTOMERS);
    lab.move({ shadow: { releaseId: lab.releaseId, variant: 'challenger', share: 1, rolloutId: 'r' } }); // answers are live
    const report = await lab.predictAll();
    expect(report).toMatchObject({
      model: MODEL,
      releaseId: lab.releaseId,
      asOf: new Date(NOW).toISOString(),
      rows: 7,
      scored: 7,
      refused: 0,
      entities: { from: 'views', sha256: null },
      published: { written: 7, stale: 0 },
      job: { seconds: 90, instanceType: 'ml.m5.xlarge', instances: 1 },
    });
    expect(report.job?.usd).toBeGreaterThan(0);
    expect(report.files.map(({ name, rows }) => [name, rows])).toEqual([
      ['part-00000.parquet', 3],
      ['part-00001.parquet', 3],
      ['part-00002.parquet', 1],
    ]);
    const rows = await lab.rowsOf(report);
    expect(rows.map(({ customer_id: id }) => Number(id)).sort()).toEqual(CUSTOMERS);
    for (const { customer_id: id, score, decision, refused, release_id: release, as_of: asOf } of rows) {
      const { body } = await lab.ask(Number(id));
      expect(body).not.toHaveProperty('precomputedAt');
      expect([score, decision]).toEqual([scoreIn(body), scoreIn(body) >= 0.5]);
      expect([refused, release, asOf]).toEqual([false, lab.releaseId, new Date(NOW)]);
    }
  });

  it('answers are given by the API without asking the model, until a feature changes or they are too old', async () => {
    lab = await batchLab();
    await lab.give(CUSTOMERS);
    const report = await lab.predictAll();
    const byId = new Map((await lab.rowsOf(report)).map(({ customer_id: id, score }) => [Number(id), score]));
    for (const customer of CUSTOMERS) {
      const { body } = await lab.ask(customer);
      expect(body).toMatchObject({ precomputedAt: report.asOf, releaseId: lab.releaseId });
      expect(scoreIn(body)).toBe(byId.get(customer));
    }
    expect(lab.asked).toEqual([]);
    expect((await lab.ask(99)).body).not.toHaveProperty('precomputedAt');
    lab.clock.advance(MAX_AGE_MS + 1);
    expect((await lab.ask(1)).body).not.toHaveProperty('precomputedAt');
  });

  it('never replaces answers of a later run, and keeps what is too old off the online store', async () => {
    lab = await batchLab();
    await lab.give(CUSTOMERS);
    await lab.predictAll();
    const earlier = await lab.predictAll({ asOfMs: NOW - HOUR_MS });
    expect(earlier.published).toEqual({ written: 0, stale: 7 });
    const { body } = await lab.ask(1);
    expect(body['precomputedAt']).toBe(new Date(NOW).toISOString());
    expect((await lab.predictAll({ asOfMs: NOW - 2 * DAY_MS })).published).toBeNull();
  });

  it('takes entities from a file, each as often as it is there, and says what the file lacks', async () => {
    lab = await batchLab();
    await lab.give(CUSTOMERS);
    const entities = await lab.upload('name,customer_id\nfirst,2\nstranger,77\nagain,2\n');
    const report = await lab.predictAll({ entities: { ...entities, csv: { delimiter: ',', nulls: [] } } });
    expect(report).toMatchObject({ rows: 3, scored: 3, entities: { from: 'file', sha256: entities.sha256 } });
    expect((await lab.rowsOf(report)).map(({ customer_id: id }) => Number(id))).toEqual([2, 77, 2]);
    expect(report.published).toEqual({ written: 2, stale: 0 });
    const nobody = await lab.upload('customer_id,note\n2,a\n,b\n');
    await expect(lab.predictAll({ entities: { ...nobody, csv: { delimiter: ',', nulls: [] } } })).rejects.toThrow(
      /1 of 2 rows .* row 2: customer_id: a join key is missing/,
    );
    const other = await lab.upload('customer\n2\n');
    await expect(lab.predictAll({ entities: { ...other, csv: { delimiter: ',', nulls: [] } } })).rejects.toThrow(
      /lacks customer_id \(int64, join key\). Its columns are customer/,
    );
  });

  it('leaves entities without a score where the model refuses to answer, as the API does', async () => {
    const refusing = (manifest: ReleaseManifest): ReleaseManifest => ({
      ...manifest,
      model: {
        ...manifest.model,
        serving: {
          ...manifest.model.serving,
          missing: { onMissing: 'refuse', onStale: 'as-missing', defaults: [] },
        },
      },
    });
    lab = await batchLab({ change: refusing, fileRows: 2 });
    await lab.give(CUSTOMERS);
    const report = await lab.predictAll();
    expect([report.rows, report.scored, report.refused]).toEqual([7, 5, 2]); // 3 has no country, and neither 3 nor 7 a last amount
    for (const { customer_id: id, score, decision, refused } of await lab.rowsOf(report)) {
      const { status, body } = await lab.ask(Number(id));
      if (refused === true) expect([status, score, decision, Number(id) % 4]).toEqual([409, null, null, 3]);
      else expect([status, scoreIn(body)]).toEqual([200, score]);
    }
    const strangers = await lab.upload('customer_id\n77\n');
    const nobody = await lab.predictAll({ entities: { ...strangers, csv: { delimiter: ',', nulls: [] } } });
    expect(nobody).toMatchObject({ rows: 1, scored: 0, refused: 1, job: null, meanScore: null });
  });

  it('refuses a model that reads a request, unless the file brings what it reads', async () => {
    const asking = (manifest: ReleaseManifest): ReleaseManifest => ({
      ...manifest,
      onDemandFeatureViews: [
        {
          kind: 'onDemandFeatureView',
          name: 'asked',
          request: [{ name: 'basket', type: 'float64' }],
          features: [{ name: 'twice', type: 'float64', sql: 'basket * 2', description: '' }],
          description: '',
          owner: 'tests',
        },
      ],
      inputs: [
        ...manifest.inputs,
        { view: 'asked', feature: 'twice', type: 'float64', categories: null, defaultValue: null },
      ],
    });
    lab = await batchLab({ change: asking });
    await lab.give(CUSTOMERS);
    await expect(lab.predictAll()).rejects.toThrow(/churn_1 reads values that come with a request: basket \(float64\)/);
    expect((await lab.start({})).status).toBe(400);
    const entities = await lab.upload('customer_id,basket\n1,3.5\n2,\n');
    const { rows, scored } = await lab.predictAll({ entities: { ...entities, csv: { delimiter: ',', nulls: [] } } });
    expect([rows, scored]).toEqual([2, 2]);
  });

  it('has nothing to do without a champion or an entity, and says so', async () => {
    lab = await batchLab();
    expect(await lab.encode()).toMatchObject({ action: 'nothing', because: expect.stringContaining('knew an entity') });
    lab.move({ champion: null });
    expect(await lab.encode()).toMatchObject({ action: 'nothing', because: expect.stringContaining('no champion') });
    expect((await lab.start({})).status).toBe(409);
  });

  it('asks nobody when the artifact is not the one that was judged', async () => {
    lab = await batchLab();
    await lab.give([1]);
    const key = `model/${MODEL}/model.tar.gz`;
    await lab.objects.put({ bucket: ARTIFACTS, key }, new TextEncoder().encode('another'), 'application/gzip');
    await expect(lab.encode()).rejects.toThrow(/model.tar.gz/);
  });

  it('keeps results and a report, and nothing of what only the run needed', async () => {
    lab = await batchLab();
    await lab.give([1, 2]);
    const { batchId } = await lab.predictAll();
    const keys = (await lab.objects.list(ARTIFACTS, 'batch-')).map(({ key }) => key);
    expect(keys).toEqual([
      `batch-prediction/${MODEL}/${batchId}/manifest.json`,
      `batch-prediction/${MODEL}/${batchId}/part-00000.parquet`,
      expect.stringMatching(new RegExp(`^batch-report/${MODEL}/\\d{16}-2026-03-01T.*-${batchId}.json$`)),
    ]);
    expect(lab.events.published).toEqual([
      expect.objectContaining({ type: 'headgate.batch-prediction.finished', subject: MODEL }),
    ]);
    expect(await lab.abandon({ model: MODEL, batchId })).toEqual({ kept: true });
    expect((await lab.objects.list(ARTIFACTS, 'batch-')).map(({ key }) => key)).toEqual(keys);
  });

  it('leaves nothing in the artifact bucket when it fails, and every part may be done again', async () => {
    lab = await batchLab({ partRows: 2 });
    await lab.give([1, 2, 3]);
    const { scope, join, encoded } = await lab.encode();
    await expect(lab.collect({ scope, join, cursor: 0 })).rejects.toThrow(/no object/); // the job has not run
    await lab.transform(encoded.job);
    const parts = { scope, join, cursor: 0 };
    await lab.collect(parts);
    const once = await lab.objects.list(OFFLINE, 'batch-part/');
    await lab.collect({ ...parts, cursor: 1 });
    expect(await lab.objects.list(OFFLINE, 'batch-part/')).toEqual(once);
    expect(await lab.publish(parts)).toMatchObject({ done: true, written: 3 });
    expect(await lab.publish(parts)).toMatchObject({ done: true, written: 3, stale: 0 });
    expect(await lab.abandon(scope)).toEqual({ kept: false });
    expect(await lab.objects.list(ARTIFACTS, 'batch-')).toEqual([]);
  });

  it('is started with an uploaded file or without, and listed with where to download it', async () => {
    lab = await batchLab();
    await lab.give([1]);
    const missing = await lab.start({ entities: { sha256: 'a'.repeat(64), format: 'csv' } });
    expect(missing.status).toBe(409);
    const started = await lab.start({ asOf: '2026-03-01T00:00:00Z' });
    expect(started.status).toBe(202);
    expect(lab.workflow.started[0]).toMatchObject({
      flow: 'batch-predict',
      input: { model: MODEL, asOfMs: Date.parse('2026-03-01T00:00:00Z'), cause: expect.stringContaining('asked by') },
    });
    expect((await lab.start({ asOf: '2027-01-01T00:00:00Z' })).status).toBe(400);
    const first = await lab.predictAll();
    lab.clock.advance(HOUR_MS);
    const second = await lab.predictAll();
    const { status, body } = await lab.list();
    expect(status).toBe(200);
    const listed = body['batchPredictions'] as readonly { readonly batchId: string; readonly downloads: unknown }[];
    expect(listed.map(({ batchId }) => batchId)).toEqual([second.batchId, first.batchId]);
    expect(listed[0]!.downloads).toEqual([
      expect.objectContaining({ name: 'part-00000.parquet', sha256: second.files[0]!.sha256 }),
    ]);
  });
});
