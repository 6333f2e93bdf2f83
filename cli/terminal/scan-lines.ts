import type { Colors } from 'picocolors/types.js';
import type { ColumnDrift, DriftReport } from '../../contracts/drift-scan.ts';
import { countText, numberText, plural } from './plain-words.ts';

const BAR_CHARS = 16;
const MAX_BINS = 10;
const MAX_LABEL_CHARS = 28;
const MAX_COLUMNS = 3;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

const WORDS: Readonly<Record<DriftReport['diagnosis']['kind'], string>> = {
  well: 'well',
  'input-drift': 'what it is asked has changed',
  'prediction-drift': 'what it answers has changed',
  degradation: 'its answers have become worse',
  'relation-changed': 'the same inputs mean something else now',
  outage: 'what feeds it is not well',
  unknown: 'nothing could be judged',
};

/** What a scan found: verdict, diagnosis, each drifting column with its histogram, performance and health. */
export function scanLines(report: DriftReport, colors: Colors, isWhole: boolean): readonly string[] {
  const { diagnosis, model, at } = report;
  const isWell = diagnosis.kind === 'well';
  const mark = isWell ? colors.green('✓') : diagnosis.kind === 'unknown' ? colors.yellow('?') : colors.red('✗');
  return [
    `${mark} ${model}: ${WORDS[diagnosis.kind]} (scan of ${at})`,
    `  ${diagnosis.because}`,
    ...driftLines(report, colors, isWhole),
    ...performanceLines(report, colors),
    ...healthLines(report, colors),
  ];
}

/** One line, for where the scan is not what was asked for. */
export function scanSentence({ at, diagnosis }: Pick<DriftReport, 'at' | 'diagnosis'>): string {
  return `${WORDS[diagnosis.kind]} (scan of ${at}): ${diagnosis.because}`;
}

function driftLines({ drift }: DriftReport, colors: Colors, isWhole: boolean): readonly string[] {
  if (drift === null) return [];
  const { outcome, isPersistent, rows, effectiveRows, reference, columns } = drift;
  const repeats = effectiveRows < rows ? `, worth ${countText(Math.round(effectiveRows))} independent ones` : '';
  const against = reference.kind === 'season' ? 'the same windows before' : 'the training rows';
  const drifting = columns.filter((column) => column.outcome === 'drifting');
  const shown = isWhole ? columns : drifting.slice(0, MAX_COLUMNS);
  return [
    '',
    `${outcomeText(outcome, colors)} drift${isPersistent ? ', scan after scan' : ''}`,
    `  ${plural(rows, 'prediction')}${repeats}, against ${countText(reference.rows)} of ${against}`,
    `  ${drift.because}`,
    ...shown.flatMap((column) => columnLines(column, colors)),
    ...(isWhole || drifting.length <= shown.length
      ? []
      : [`  … and ${plural(drifting.length - shown.length, 'more column')}`]),
  ];
}

function columnLines(
  { column, segment, outcome, because, tests, bins }: ColumnDrift,
  colors: Colors,
): readonly string[] {
  const name = segment === null ? column : `${column} where ${segment}`;
  const told = tests.filter(({ effect }) => effect !== null);
  const effects = told.map(({ test, effect, effectLimit, isDrifting }) => {
    const text = `${test} ${numberText(effect!)} of ${numberText(effectLimit)}`;
    return isDrifting ? colors.red(text) : text;
  });
  return [
    '',
    `  ${outcomeText(outcome, colors)} ${colors.bold(name)}`,
    `    ${because}`,
    ...(effects.length === 0 ? [] : [`    ${effects.join(', ')}`]),
    ...(outcome === 'drifting' ? histogramLines(bins, colors) : []),
  ];
}

/** A line for each bin that has anything: its share of the reference, then of the window. */
function histogramLines(bins: ColumnDrift['bins'], colors: Colors): readonly string[] {
  const filled = bins.filter(({ reference, live }) => reference > 0 || live > 0);
  const widest = [...filled].sort((a, b) => gap(b) - gap(a)).slice(0, MAX_BINS);
  const shown = filled.filter((bin) => widest.includes(bin));
  const most = Math.max(...shown.flatMap(({ reference, live }) => [reference, live]), Number.MIN_VALUE);
  const labels = shown.map(({ label }) => label.slice(0, MAX_LABEL_CHARS));
  const width = Math.max(0, ...labels.map(({ length }) => length));
  const cell = (share: number) => `${bar(share / most).padEnd(BAR_CHARS)} ${shareText(share).padStart(7)}`;
  const rest = filled.length - shown.length;
  return [
    `    ${' '.repeat(width)}  ${'learned'.padEnd(BAR_CHARS + 8)}  now`,
    ...shown.map(
      ({ reference, live }, i) =>
        `    ${labels[i]!.padStart(width)}  ${colors.dim(cell(reference))}  ${colors.cyan(cell(live))}`,
    ),
    ...(rest > 0 ? [`    ${plural(rest, 'bin')} that differ less are left out`] : []),
  ];
}

function gap({ reference, live }: ColumnDrift['bins'][number]): number {
  return Math.abs(reference - live);
}

/** @param share 0 to 1 */
function bar(share: number): string {
  const eighths = Math.round(share * BAR_CHARS * 8);
  return `${'█'.repeat(eighths >> 3)}${EIGHTHS[eighths & 7]}`;
}

function shareText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function performanceLines({ performance }: DriftReport, colors: Colors): readonly string[] {
  if (performance === null) return [];
  const { outcome, because, matured, coverage } = performance;
  const metrics = matured.metrics.flatMap(({ metric, value, low, high }) => {
    if (value === null) return [];
    const within = low === null || high === null ? '' : ` (${numberText(low)} to ${numberText(high)})`;
    return [`${metric} ${numberText(value)}${within}`];
  });
  return [
    '',
    `${outcomeText(outcome, colors)} performance, on ${plural(matured.outcomes, 'matured outcome')}`,
    `  ${because}`,
    ...(metrics.length === 0 ? [] : [`  ${metrics.join(', ')}`]),
    ...(coverage.isOneSided ? [`  ${coverage.because}`] : []),
  ];
}

function healthLines({ health }: DriftReport, colors: Colors): readonly string[] {
  const unhealthy = health.checks.filter(({ outcome }) => outcome === 'unhealthy');
  return [
    '',
    `${outcomeText(health.outcome, colors)} health of what feeds it`,
    `  ${health.because}`,
    ...unhealthy.map(({ subject, because }) => `  ${colors.red('✗')} ${subject}: ${because}`),
  ];
}

function outcomeText(outcome: string, colors: Colors): string {
  if (outcome === 'not-computable') return colors.yellow('not computable:');
  const isBad = ['drifting', 'degraded', 'unhealthy'].includes(outcome);
  return (isBad ? colors.red : colors.green)(`${outcome}:`);
}
