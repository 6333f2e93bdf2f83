import type { Colors } from 'picocolors/types.js';
import type { Evidence } from '../../core/gates/verdict.ts';
import type { GateVerdict } from '../../core/release/release-manifest.ts';
import { countText } from './plain-words.ts';

/** Evidence of one gate that is shown when not all of it is asked for. */
const SHOWN = { pass: 1, fail: 5, inconclusive: 5 };

/**
 * Gate by gate what was measured, against which limit, on how many rows, and what it would still need.
 *
 * @param isWhole all evidence and the reason, not the first evidence of each gate alone
 */
export function verdictLines(verdicts: readonly GateVerdict[], colors: Colors, isWhole: boolean): readonly string[] {
  return verdicts.flatMap(({ gate, verdict }) => {
    const { outcome, evidence } = verdict;
    const mark = outcome === 'pass' ? colors.green('✓') : outcome === 'fail' ? colors.red('✗') : colors.yellow('?');
    const shown = isWhole ? evidence : evidence.slice(0, SHOWN[outcome]);
    const rest = evidence.length - shown.length;
    return [
      `${mark} ${gate}${outcome === 'pass' ? '' : ` (${outcome})`}`,
      ...(outcome === 'pass' || !isWhole ? [] : [`    ${verdict.because}`]),
      ...shown.flatMap(evidenceLines),
      ...(rest > 0 ? [`    … and ${countText(rest)} more`] : []),
    ];
  });
}

function evidenceLines({ metric, observed, interval, limit, rule, n, needs, note }: Evidence): readonly string[] {
  const value = observed === null ? 'not measured' : valueText(observed);
  const within =
    interval === undefined
      ? ''
      : ` (${valueText(interval.confidence * 100)} %: ${valueText(interval.low)} to ${valueText(interval.high)})`;
  const wanted = `${rule === 'at-least' ? 'at least' : 'at most'} ${valueText(limit)}`;
  return [
    `    ${metric}: ${value}${within}, ${wanted}, n ${countText(n)}`,
    ...(note === undefined ? [] : [`      ${note}`]),
    ...(needs === undefined ? [] : [`      needs ${needs}`]),
  ];
}

/** Four significant digits; whole numbers as they are. */
function valueText(value: number): string {
  return Number.isInteger(value) ? countText(value) : String(Number(value.toPrecision(4)));
}
