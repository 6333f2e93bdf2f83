import type {
  FeatureServiceListResponse,
  FeatureViewListResponse,
  HealthResponse,
  ModelListResponse,
  ModelResponse,
} from '../../contracts/api/catalog.ts';
import type { QualityReport } from '../../contracts/quality.ts';
import { countText, numberText, shortId } from '../terminal/plain-words.ts';
import { percentText, placeText } from '../terminal/rollout-lines.ts';
import { scanSentence } from '../terminal/scan-lines.ts';
import { tableLines } from '../terminal/table-text.ts';
import type { VerbContext } from './verb-context.ts';

/** What there is and how it stands: everything, or one model. */
export async function printStatus({ api, terminal }: VerbContext, model: string | undefined): Promise<void> {
  if (model !== undefined) {
    const found = await api.get<ModelResponse>(`/v1/models/${encodeURIComponent(model)}`);
    terminal.json(found);
    for (const line of modelLines(found)) terminal.print(line);
    return;
  }
  const [health, { featureViews, onDemandFeatureViews, removed }, { featureServices }, { models }] = await Promise.all([
    api.get<HealthResponse>('/health'),
    api.get<FeatureViewListResponse>('/v1/feature-views'),
    api.get<FeatureServiceListResponse>('/v1/feature-services'),
    api.get<ModelListResponse>('/v1/models'),
  ]);
  const features = { featureViews, onDemandFeatureViews, removed, featureServices };
  terminal.json({ ...health, url: api.url, ...features, models });
  terminal.print(`Headgate ${health.version} (${health.stage}) at ${api.url}`);
  terminal.print();
  for (const line of viewLines(featureViews)) terminal.print(line);
  for (const line of otherVersions(featureViews, removed)) terminal.print(line);
  for (const line of onDemandLines(onDemandFeatureViews)) terminal.print(line);
  for (const line of serviceLines(featureServices)) terminal.print(line);
  terminal.print();
  for (const line of modelTable(models)) terminal.print(line);
}

/** Versions that are kept although the definitions do not say them. */
function otherVersions(
  views: FeatureViewListResponse['featureViews'],
  removed: FeatureViewListResponse['removed'],
): readonly string[] {
  const others = [...views.flatMap(({ versions }) => versions.filter(({ isCurrent }) => !isCurrent)), ...removed];
  const rows = others.map(({ view, version, state, neededBy, retiresAfter, rows: count, materializedTo }) => [
    view,
    version,
    state,
    countText(count),
    materializedTo ?? '',
    neededBy.length > 0 ? `needed by ${neededBy.map(shortId).join(', ')}` : (retiresAfter ?? ''),
  ]);
  const header = ['KEPT', 'VERSION', 'STATE', 'ROWS', 'COMPUTED UP TO', 'NEEDED BY, OR RETIRES AFTER'];
  return rows.length === 0 ? [] : ['', ...tableLines(header, rows)];
}

/** Whether the promise holds, where there is one, and how old the newest event is that is served. */
function freshnessText({ isFresh, ageSeconds }: FeatureViewListResponse['featureViews'][number]): string {
  const promise = isFresh === null ? '' : isFresh ? 'fresh' : 'stale';
  const age = ageSeconds === null ? '' : `${ageText(ageSeconds)} old`;
  return [promise, age].filter((part) => part !== '').join(', ');
}

/** In the largest unit of which there is at least one. */
function ageText(seconds: number): string {
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)}d`;
  if (seconds >= 3_600) return `${Math.floor(seconds / 3_600)}h`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m` : `${Math.floor(seconds)}s`;
}

function viewLines(views: FeatureViewListResponse['featureViews']): readonly string[] {
  const rows = views.map((view) => [
    view.name,
    view.version,
    view.entity,
    countText(view.source.rows),
    countText(view.offline.rows),
    view.offline.materializedTo ?? view.offline.newestEventTime ?? 'never',
    freshnessText(view),
    expectationsText(view.quality),
  ]);
  const header = [
    'FEATURE VIEW',
    'VERSION',
    'ENTITY',
    'SOURCE ROWS',
    'ROWS',
    'COMPUTED UP TO',
    'FRESHNESS',
    'EXPECTATIONS',
  ];
  if (rows.length === 0) return ['no feature views are defined'];
  return [
    ...tableLines(header, rows),
    ...views.flatMap(({ quality }) => (quality === null ? [] : brokenLines(quality))),
  ];
}

function onDemandLines(views: FeatureViewListResponse['onDemandFeatureViews']): readonly string[] {
  const rows = views.map(({ name, features, reads, request }) => [
    name,
    features.map((feature) => feature.name).join(', '),
    [...reads, ...request.map((field) => field.name)].join(', '),
  ]);
  return rows.length === 0 ? [] : ['', ...tableLines(['ON DEMAND', 'FEATURES', 'COMPUTED FROM'], rows)];
}

function serviceLines(services: FeatureServiceListResponse['featureServices']): readonly string[] {
  const rows = services.map(({ name, features }) => [name, features.join(', ')]);
  return rows.length === 0 ? [] : ['', ...tableLines(['FEATURE SERVICE', 'FEATURES'], rows)];
}

function expectationsText(quality: QualityReport | null): string {
  if (quality === null) return '';
  const { outcome, setAsideRows } = quality;
  const verdict = outcome === 'passed' ? 'met' : outcome === 'warned' ? 'not all met' : 'newest run refused';
  return setAsideRows === 0 ? verdict : `${verdict}, ${countText(setAsideRows)} set aside`;
}

/** Why what was expected of the newest run was not met. */
function brokenLines({ view, at, expectations }: QualityReport): readonly string[] {
  return expectations
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ name, severity, because, evidence }) =>
      severity === 'quarantine'
        ? `  ${view}: ${name} set aside ${evidence[0]?.note}, run of ${at}`
        : `  ${view}: ${name} (${severity}, run of ${at}): ${because}`,
    );
}

function modelTable(models: ModelListResponse['models']): readonly string[] {
  const rows = models.map(({ name, route, isDefined }) => [
    name,
    route === null ? 'not deployed' : route.champion === null ? 'no release yet' : shortId(route.champion.releaseId),
    isDefined ? '' : 'no longer defined',
  ]);
  return rows.length === 0 ? ['no models are defined'] : tableLines(['MODEL', 'ANSWERED BY', ''], rows);
}

function modelLines({ name, route, newestRelease, newestRollout, hold, lastScan }: ModelResponse): readonly string[] {
  const lines = [`model ${name}`];
  if (route === null) lines.push('  defined, and its stack is not deployed');
  else lines.push(...armLines(route));
  if (hold !== null) lines.push(`  held         by ${hold.actor} since ${hold.at}: ${hold.because}`);
  if (newestRelease !== null) {
    const metrics = Object.entries(newestRelease.metrics).map(([metric, value]) => `${metric} ${numberText(value)}`);
    lines.push(`  newest       ${newestRelease.releaseId} of ${newestRelease.createdAt}`);
    lines.push(
      `               ${newestRelease.passed ? 'passed its gates' : 'did not pass its gates'}; ${metrics.join(', ')}`,
    );
  }
  if (newestRollout !== null) {
    const { rolloutId, outcome, phase, step, because, look } = newestRollout;
    const state = outcome ?? `under way (${placeText(phase, step, [])})`;
    const reason = because ?? look?.because ?? '';
    lines.push(`  rollout      ${rolloutId} ${state}${reason === '' ? '' : `: ${reason}`}`);
  }
  if (lastScan !== null) lines.push(`  drift        ${scanSentence(lastScan)}`);
  return lines;
}

/** Who answers, and which share. */
function armLines({ champion, challenger, shadow }: NonNullable<ModelResponse['route']>): readonly string[] {
  if (champion === null) return ['  no release yet: predictions are refused'];
  const share = challenger === null ? '' : `, ${percentText(1 - challenger.share)}`;
  const lines = [`  answered by  ${champion.releaseId} on ${champion.variant}${share}`];
  if (challenger !== null) {
    const name = challenger.wasChampion ? 'before it    ' : 'challenger   ';
    const part = challenger.wasChampion ? ', and what the champion fails' : '';
    lines.push(`  ${name}${challenger.releaseId} on ${challenger.variant}, ${percentText(challenger.share)}${part}`);
  }
  if (shadow !== null) lines.push(`  shadow       ${shadow.releaseId}, asked beside ${percentText(shadow.share)}`);
  return lines;
}
