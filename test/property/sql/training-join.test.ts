import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { featureColumn } from '../../../core/definitions/feature-column.ts';
import type { FeatureRef } from '../../../core/definitions/feature-view.ts';
import type { Label, Model } from '../../../core/definitions/model.ts';
import type { OnDemandFeatureView } from '../../../core/definitions/on-demand-feature-view.ts';
import { changedColumn } from '../../../core/leak/changed-inputs.ts';
import { planOnDemand } from '../../../core/on-demand/plan-on-demand.ts';
import { computeLabels, type LabelRow, type LabelScope } from '../../../core/point-in-time/compute-labels.ts';
import { joinPointInTime, visibleValues } from '../../../core/point-in-time/join-point-in-time.ts';
import type { SourceRow, ViewRow } from '../../../core/point-in-time/offline-row.ts';
import { onDemandValues } from '../../../core/serving/on-demand-values.ts';
import { trainingJoinSql, type ViewTable } from '../../../core/sql/training-join-sql.ts';
import { AthenaLab, DATABASE, type LabRow } from './athena-lab.ts';
import {
  inOrder,
  instant,
  SALES,
  SALES_COLUMNS,
  SEED,
  sales,
  salesTable,
  VISITOR,
  viewColumns,
  viewOf,
  viewTableRows,
} from './histories.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const key = { keyColumns: ['customer', 'shop'], source: SALES.name };

const CONTEXT = [
  { name: 'price', sql: 'items' },
  { name: 'gift', sql: 'returned' },
];

/** What a request brings, what is stored, both together, and the instant. */
const AT_REQUEST: OnDemandFeatureView = {
  kind: 'onDemandFeatureView',
  name: 'asked',
  request: [
    { name: 'price', type: 'float64' },
    { name: 'gift', type: 'boolean' },
  ],
  features: [
    { name: 'ratio', type: 'float64', sql: 'price / aging__of_float64', description: '' },
    {
      name: 'shown',
      type: 'string',
      sql: "case when gift then 'gift' else shops__of_string || '!' end",
      description: '',
    },
    { name: 'age_ms', type: 'int64', sql: 'request_time - lasting__of_timestamp', description: '' },
    { name: 'is_new', type: 'boolean', sql: 'lasting__of_float64 is null or aging__of_boolean', description: '' },
    { name: 'hour', type: 'int64', sql: 'hour(request_time)', description: '' },
  ],
  description: '',
  owner: '',
};

/** A label of the future has no request to bring anything. */
function onDemandRefs(label: Label): readonly FeatureRef[] {
  return AT_REQUEST.features
    .filter(({ name }) => label.kind === 'observed' || !['ratio', 'shown'].includes(name))
    .map(({ name }) => ({ view: AT_REQUEST.name, feature: name }));
}

const observed: fc.Arbitrary<Label> = fc
  .record({
    kind: fc.constant('observed' as const),
    value: fc.constantFrom('returned', 'amount', 'items > 2'),
    where: fc.constantFrom(null, 'items < 10'),
    horizonMs: fc.constantFrom(0, 2 * HOUR_MS),
  })
  .map((label) => ({ ...key, ...label, context: CONTEXT }));

const future: fc.Arbitrary<Label> = fc
  .record({
    kind: fc.constant('future' as const),
    everyMs: fc.constantFrom(HOUR_MS, 3 * HOUR_MS),
    activeWithinMs: fc.constantFrom(0.5, 2, 6).map((hours) => hours * HOUR_MS),
    aggregation: fc.constantFrom(
      'sum' as const,
      'count' as const,
      'max' as const,
      'last' as const,
      'count_distinct' as const,
    ),
    input: fc.constantFrom('amount', 'items'),
    where: fc.constantFrom(null, 'returned'),
    horizonMs: fc.constantFrom(1, 4.5).map((hours) => hours * HOUR_MS),
    positiveAtLeast: fc.constantFrom(null, 0, 1, 2.5),
  })
  .map((label) => ({ ...key, ...label }));

const scope: fc.Arbitrary<LabelScope> = fc.record({
  watermarkMs: fc.constantFrom(2_000, 3_000),
  asOfMs: fc.constantFrom(11, 200).map((hours) => hours * HOUR_MS),
  newestEventMs: fc.constant(15 * HOUR_MS),
  labelsFromMs: fc.constantFrom(null, 3 * HOUR_MS, 4 * HOUR_MS + 1),
});

const FEATURES = (['float64', 'int64', 'string', 'boolean', 'timestamp'] as const).map((type) => ({
  name: `of_${type}`,
  type,
  compute: { kind: 'column' as const, column: 'amount' },
  description: '',
}));

/** Rows of a view as they might lie in its table: late, restated, tied, loaded again. */
const viewRows = (wholeKey: boolean): fc.Arbitrary<readonly ViewRow[]> =>
  fc
    .array(
      fc.record({
        visitor: fc.integer({ min: 0, max: 3 }),
        shop: fc.integer({ min: 0, max: 9 }),
        values: fc.tuple(
          fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
          fc.option(fc.maxSafeInteger()),
          fc.option(fc.constantFrom('', 'é', "o'clock")),
          fc.option(fc.boolean()),
          fc.option(instant),
        ),
        eventTimeMs: instant,
        knownAtMs: instant,
        loadedAtMs: fc.constantFrom(1_000, 2_000, 3_000, 4_000),
      }),
      { minLength: 300, maxLength: 300 },
    )
    .map((rows) =>
      rows.map(({ visitor, shop, ...row }, seq) => ({ ...row, seq, key: wholeKey ? [`${visitor}`, shop] : [shop] })),
    );

const visits = (ttlMs: number | null) => viewOf(FEATURES, HOUR_MS, ttlMs);
const shops: ResolvedView = {
  ...viewOf(FEATURES, HOUR_MS, null),
  entity: { ...VISITOR, name: 'shop', joinKeys: [{ name: 'shop_id', type: 'int64' }] },
};
const named = (resolved: ResolvedView, name: string): ResolvedView => ({
  ...resolved,
  view: { ...resolved.view, name },
});

/** Of the view for ever only some features are inputs; on-demand features read others. */
function inputsOf({ resolved: { view } }: { readonly resolved: ResolvedView }): readonly FeatureRef[] {
  const isRead = ({ feature }: FeatureRef) => view.name === 'lasting' && feature === 'of_timestamp';
  return refs(view.name).filter((ref) => !isRead(ref));
}

const refs = (view: string): FeatureRef[] => FEATURES.map(({ name }) => ({ view, feature: name }));

interface Case {
  readonly label: Label;
  readonly scope: LabelScope;
  readonly sold: readonly SourceRow[];
  readonly views: readonly { readonly resolved: ResolvedView; readonly rows: readonly ViewRow[] }[];
}

const cases = (label: fc.Arbitrary<Label>): fc.Arbitrary<Case> =>
  fc.record({
    label,
    scope,
    sold: sales,
    views: fc
      .tuple(viewRows(true), viewRows(true), viewRows(false), fc.constantFrom(0, HOUR_MS / 4, 3 * HOUR_MS))
      .map(([forEver, aged, ofShop, ttlMs]) => [
        { resolved: named(visits(null), 'lasting'), rows: forEver },
        { resolved: named(visits(ttlMs), 'aging'), rows: aged },
        { resolved: named(shops, 'shops'), rows: ofShop },
      ]),
  });

const LOADED_TO_MS = 3_000;
const CUT = { knowledgeCut: true };
const NO_CUT = { knowledgeCut: false };

async function joined({ label, scope: asked, sold, views }: Case, cut = CUT): Promise<readonly LabRow[]> {
  await lab.table('source_sales', SALES_COLUMNS, salesTable(sold));
  for (const { resolved, rows } of views) {
    await lab.table(`view_${resolved.view.name}`, viewColumns(resolved), viewTableRows(resolved, rows));
  }
  const { watermarkMs, ...rest } = asked;
  const labels = {
    source: SALES,
    table: { database: DATABASE, table: 'source_sales', watermarkMs },
    scope: rest,
    oldestEventMs: -3 * HOUR_MS,
  };
  const tables: ViewTable[] = views.map(({ resolved }) => ({
    resolved,
    table: { database: DATABASE, table: `view_${resolved.view.name}`, watermarkMs: LOADED_TO_MS },
  }));
  const model = { label, features: [...onDemandRefs(label), ...views.flatMap(inputsOf)], segments: [] };
  // the join reads nothing else of a model
  return lab.run(trainingJoinSql(model as unknown as Model, VISITOR, labels, tables, [AT_REQUEST], [], cut));
}

function expected({ label, scope: asked, sold, views }: Case, cut = CUT): readonly LabRow[] {
  const labels = computeLabels(label, SALES, sold, asked);
  const seen = views.map(({ resolved, rows }) => {
    const loaded = rows.filter((row) => row.loadedAtMs <= LOADED_TO_MS);
    const spine = labels.map((one) => ({ timeMs: one.timeMs, key: keyFor(resolved, one) }));
    return joinPointInTime(spine, loaded, resolved.view.ttlMs, cut).map((row) => visibleValues(row, FEATURES.length));
  });
  const storedViews = views.map(({ resolved }) => resolved.view);
  const plan = planOnDemand(onDemandRefs(label), [AT_REQUEST], storedViews);
  return labels.map((one, i) => {
    const seenOf = ({ view, feature }: FeatureRef) =>
      seen[storedViews.findIndex(({ name }) => name === view)]![i]![
        FEATURES.findIndex(({ name }) => name === feature)
      ] ?? null;
    const context = Object.fromEntries(one.context.map((value, c) => [CONTEXT[c]!.name, value]));
    const asked = onDemandValues(plan, seenOf, context, one.timeMs);
    return Object.fromEntries([
      ['visitor_id', one.key[0]],
      ['shop_id', one.key[1]],
      ['label_time_ms', one.timeMs],
      ['label', one.label === 0 ? 0 : one.label],
      ...plan.features.map(({ ref }, f) => [featureColumn(ref), asked[f]!.value]),
      ...views.flatMap(inputsOf).map((ref) => [featureColumn(ref), seenOf(ref)]),
    ]);
  });
}

function keyFor({ entity }: ResolvedView, one: LabelRow) {
  return entity.joinKeys.length === 2 ? one.key : [one.key[1] ?? null];
}

/** What a label sees without the knowledge cut, and which inputs that changes. */
function expectedLeak(one: Case): readonly LabRow[] {
  const known = expected(one);
  const refs = [...onDemandRefs(one.label), ...one.views.flatMap(inputsOf)];
  return expected(one, NO_CUT).map((row, i) => {
    const isSame = (column: string) => {
      const [seen, cut] = [row[column], known[i]![column]];
      return seen === cut || (Number.isNaN(seen) && Number.isNaN(cut));
    };
    const flags = refs.map((ref) => [changedColumn(ref), !isSame(featureColumn(ref))]);
    return { ...row, ...Object.fromEntries(flags) };
  });
}

async function expectSame(one: Case): Promise<void> {
  const found = await joined(one);
  expect(found.map((row) => row['label_id'])).toEqual(found.map((_, i) => i + 1));
  expect(inOrder(found.map(({ label_id: _, ...row }) => row))).toEqual(inOrder(expected(one)));
}

describe(`trainingJoinSql says what computeLabels and joinPointInTime say (seed ${SEED})`, () => {
  const ofRows = fc.sample(cases(observed), { seed: SEED, numRuns: 8 });
  const ofTicks = fc.sample(cases(future), { seed: SEED, numRuns: 12 });

  test.each(ofRows.map((one, i) => [i, one] as const))('observed labels, case %i', (_, one) => expectSame(one));
  test.each(ofTicks.map((one, i) => [i, one] as const))('labels over the future, case %i', (_, one) => expectSame(one));

  const leaks = [...ofRows.slice(0, 4), ...ofTicks.slice(0, 6)];
  test.each(leaks.map((one, i) => [i, one] as const))('without the knowledge cut, case %i', async (_, one) => {
    const found = await joined(one, NO_CUT);
    expect(inOrder(found.map(({ label_id: __, ...row }) => row))).toEqual(inOrder(expectedLeak(one)));
  });

  test('the cases join hundreds of labels, and all kinds of visibility', () => {
    const rows = [...ofRows, ...ofTicks].flatMap((one) => expected(one));
    expect(rows.length).toBeGreaterThan(1_000);
    expect(rows.filter((row) => row['label'] === null).length).toBeGreaterThan(100);
    expect(rows.filter((row) => row['lasting__of_int64'] !== null).length).toBeGreaterThan(200);
    expect(rows.filter((row) => (row['asked__ratio'] ?? null) !== null).length).toBeGreaterThan(50);
    expect(rows.filter((row) => row['asked__age_ms'] !== null).length).toBeGreaterThan(200);
    expect(rows.filter((row) => row['visitor_id'] === null || row['shop_id'] === null).length).toBeGreaterThan(20);
    const leaking = leaks.flatMap(expectedLeak);
    for (const column of ['lasting__of_string', 'aging__of_float64', 'shops__of_int64', 'asked__age_ms']) {
      const changed = leaking.filter((row) => row[`hg_changed_${column}`] === true).length;
      expect([changed > 50, changed < leaking.length - 50]).toEqual([true, true]);
    }
  });
});
