import { canonicalJson } from '../canonical-json.ts';
import { durationText } from '../duration-text.ts';
import type { FieldChange } from '../plan/field-changes.ts';

const LONGEST = 72;
/** Characters shown before the first one that differs. */
const LEAD = 12;
/** Epoch milliseconds rather than lengths of time. */
const INSTANTS = /(^trainingSet\.watermarks\.|\.labelsFromMs$)/;

/** One difference between two manifests for a reader. */
export function differenceText(change: FieldChange): string {
  return membersText(change) ?? metricText(change) ?? fieldText(labelOf(change.path), change);
}

/** A member of a list that is new or gone, or their order. */
function membersText({ path, before, after }: FieldChange): string | null {
  const [, list, name] =
    /^(featureViews|onDemandFeatureViews|inputs|verdicts|model\.features|model\.gates)\.([^.]+)$/.exec(path) ?? [];
  if (list === undefined || name === undefined) return null;
  const what = MEMBERS[list]!;
  if (name === '(order)') return `the order of the ${what}s: ${shortText(path, before)} → ${shortText(path, after)}`;
  if (before !== undefined && after !== undefined) return null;
  const there = before === undefined ? after : before;
  const version = isRecord(there) && typeof there['version'] === 'string' ? ` at version ${there['version']}` : '';
  const outcome = list === 'verdicts' ? ` (${shortText(path, there)})` : '';
  return `${what} ${name}${version}${outcome} ${before === undefined ? 'is new' : 'is gone'}`;
}

const MEMBERS: Readonly<Record<string, string>> = {
  featureViews: 'feature view',
  onDemandFeatureViews: 'on-demand feature view',
  inputs: 'input',
  verdicts: 'gate',
  'model.features': 'feature',
  'model.gates': 'gate',
};

/** `auc 0.81 → 0.84 (+0.03)`. */
function metricText({ path, before, after }: FieldChange): string | null {
  const [, champion, metric] = /^evaluation\.(champion\.)?metrics\.(\w+)$/.exec(path) ?? [];
  if (metric === undefined || typeof before !== 'number' || typeof after !== 'number') return null;
  const change = after - before;
  const text = `${metric} ${numberText(before)} → ${numberText(after)} (${change > 0 ? '+' : ''}${numberText(change)})`;
  return champion === undefined ? text : `${text}, of the champion it was compared with`;
}

/** What the path stands for, where there is a shorter way to say it. */
function labelOf(path: string): string {
  const [, view, rest] = /^(?:featureViews|onDemandFeatureViews)\.([^.]+)\.(.+)$/.exec(path) ?? [];
  if (view !== undefined && rest !== undefined) return `feature view ${view}: ${rest.replace(/^view\./, '')}`;
  const [, gate, outcome] = /^verdicts\.([^.]+)\.(?:verdict\.)?(.+)$/.exec(path) ?? [];
  if (gate !== undefined && outcome !== undefined) return `gate ${gate}: ${outcome}`;
  const [, contributor] = /^evaluation\.attribution\.shares\.(.+)$/.exec(path) ?? [];
  if (contributor !== undefined) return `share of ${contributor} in all contributions`;
  const [, loss, number] = /^evaluation\.losses\.(\w+)\.(mean|standardError)$/.exec(path) ?? [];
  if (loss !== undefined) return number === 'mean' ? `mean ${loss} of the test rows` : `standard error of that ${loss}`;
  const [, input, member] = /^inputs\.([^.]+)\.(.+)$/.exec(path) ?? [];
  if (input !== undefined && member !== undefined) return `input ${input}: ${member}`;
  return path.replace(/^(trainingSet|training|model|provenance)\./, '');
}

function fieldText(label: string, { path, before, after }: FieldChange): string {
  if (before === undefined) return `${label} is new: ${shortText(path, after)}`;
  if (after === undefined) return `${label} is gone: it was ${shortText(path, before)}`;
  const [was, is] = apart(valueText(path, before), valueText(path, after));
  return `${label} ${was} → ${is}`;
}

/** Both texts, short enough for a line and never equal: where they are long, what they begin with alike is left out. */
function apart(was: string, is: string): readonly [string, string] {
  if (was.length <= LONGEST && is.length <= LONGEST) return [was, is];
  let alike = 0;
  while (alike < was.length && was[alike] === is[alike]) alike++;
  const from = alike > LEAD ? alike - LEAD : 0;
  const part = (text: string) => `${from > 0 ? '…' : ''}${cut(text.slice(from))}`;
  return [part(was), part(is)];
}

function shortText(path: string, value: unknown): string {
  return cut(valueText(path, value));
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function valueText(path: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' && INSTANTS.test(path)) return instantText(value);
  if (typeof value === 'number' && path.endsWith('Ms') && Number.isInteger(value) && value > 0)
    return durationText(value);
  if (typeof value === 'string') return /^([0-9a-f]{32}|[0-9a-f]{64})$/.test(value) ? value.slice(0, 12) : value;
  return canonicalJson(value);
}

function instantText(ms: number): string {
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? String(ms) : at.toISOString();
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
