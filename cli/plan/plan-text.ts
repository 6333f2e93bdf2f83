import type { Colors } from 'picocolors/types.js';
import { durationText } from '../../contracts/definitions/duration.ts';
import type { DefinitionChange } from '../../core/plan/definition-changes.ts';
import type { FieldChange } from '../../core/plan/field-changes.ts';
import { type ChangePlan, isEmptyPlan, type KeptOldVersion, type VersionStep } from '../../core/plan/plan-changes.ts';
import { countText, shortId } from '../terminal/plain-words.ts';
import { tableLines } from '../terminal/table-text.ts';

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;
const WORDS: Readonly<Record<string, string>> = {
  featureView: 'feature view',
  onDemandFeatureView: 'on-demand feature view',
  featureService: 'feature service',
};

/** A plan for people: what changes field by field, what is computed, what stays, and what stands in the way. */
export function planLines(plan: ChangePlan, colors: Colors): readonly string[] {
  const paint = { '+': colors.green, '~': colors.yellow, '-': colors.red };
  const changes = plan.changes.flatMap((change) => {
    const sign = SIGNS[change.action];
    const step = plan.versions.find(({ view }) => change.kind === 'featureView' && view === change.name);
    const title = `${WORDS[change.kind] ?? change.kind} ${colors.bold(change.name)}${versionText(change, step)}`;
    return [`${paint[sign](sign)} ${title}`, ...change.fields.map((field) => `    ${fieldText(field, paint)}`)];
  });
  const changedViews = new Set(plan.changes.map(({ name }) => name));
  const moved = plan.versions
    .filter(({ view }) => !changedViews.has(view))
    .map(
      (step) =>
        `${paint['~']('~')} feature view ${colors.bold(step.view)}${stepText(step)}, because of what it is made of`,
    );
  const blocks = [
    [...changes, ...moved],
    backfillLines(plan),
    plan.kept.length === 0 ? [] : ['Kept', ...plan.kept.map((one) => `  ${keptText(one)}`)],
    plan.warnings.map((warning) => `${colors.yellow('!')} ${warning}`),
    plan.problems.map((problem) => `${colors.red('✗')} ${problem}`),
  ].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block, i) => (i === 0 ? block : ['', ...block]));
  const nothing = 'nothing to do: what is deployed is what these definitions say';
  return isEmptyPlan(plan) ? [...lines, ...(lines.length > 0 ? [''] : []), nothing] : lines;
}

/** `2 added, 1 changed`, for a confirmation. */
export function planSummary({ changes, backfills }: ChangePlan): string {
  const count = (action: DefinitionChange['action']) => changes.filter((change) => change.action === action).length;
  const counts = (['added', 'changed', 'removed'] as const).map((action) => [count(action), action] as const);
  const parts = counts.filter(([n]) => n > 0).map(([n, action]) => `${n} ${action}`);
  if (backfills.length > 0) parts.push(`${backfills.length} to compute`);
  return parts.join(', ');
}

function versionText(change: DefinitionChange, step: VersionStep | undefined): string {
  if (step !== undefined) return stepText(step);
  const isSameVersion = change.kind === 'featureView' && change.action === 'changed';
  return isSameVersion ? '  no new version: no value changes' : '';
}

function stepText({ from, to, existing }: VersionStep): string {
  const there = { none: 'new', live: 'kept up to date', retired: 'retired, its rows are there' }[existing];
  if (to === null) return `  version ${from}`;
  return from === null ? `  version ${to} (${there})` : `  version ${from} → ${to} (${there})`;
}

function fieldText(
  { path, before, after }: FieldChange,
  paint: Readonly<Record<'+' | '~' | '-', (text: string) => string>>,
): string {
  if (before === undefined) return `${paint['+']('+')} ${path}: ${valueText(path, after)}`;
  if (after === undefined) return `${paint['-']('-')} ${path}: ${valueText(path, before)}`;
  return `${paint['~']('~')} ${path}: ${valueText(path, before)} → ${valueText(path, after)}`;
}

function valueText(path: string, value: unknown): string {
  if (path.endsWith('Ms') && typeof value === 'number' && value > 0) return durationText(value);
  return JSON.stringify(value);
}

function backfillLines({ backfills }: ChangePlan): readonly string[] {
  const rows = backfills.map(({ view, version, sourceRows, ticks, isOnlineOnly }) => [
    view,
    version,
    countText(sourceRows),
    ticks === null ? '' : countText(ticks),
    isOnlineOnly ? 'bring online' : 'compute and bring online',
  ]);
  return rows.length === 0 ? [] : tableLines(['TO COMPUTE', 'VERSION', 'SOURCE ROWS', 'TICKS', ''], rows);
}

function keptText({ view, version, neededBy, retiresAfter }: KeptOldVersion): string {
  const releases = neededBy.map(({ releaseId, model, role }) => `${role} ${shortId(releaseId)} of model ${model}`);
  const why =
    retiresAfter === null ? `needed by ${releases.join(', ')}` : `needed by no release; retires after ${retiresAfter}`;
  return `${view}@${version}  ${why}`;
}
