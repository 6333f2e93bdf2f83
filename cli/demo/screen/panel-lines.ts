import { stripVTControlCharacters } from 'node:util';
import type { Colors } from 'picocolors/types.js';
import { harmlessText } from '../../terminal/harmless-text.ts';
import { countText } from '../../terminal/plain-words.ts';
import { shareBar, sparkLine } from './spark-line.ts';

/** What the panel shows. */
export interface PanelView {
  /** Since the demonstration began. */
  readonly elapsedMs: number;
  /** Of all the scenes, the one that is played. */
  readonly scene: string;
  readonly doing: string;
  readonly traffic: TrafficView | null;
  /** Who answered in the last seconds, by release. */
  readonly answers: readonly AnswersView[];
  /** Null while no rollout runs. */
  readonly rollout: { readonly place: string; readonly because: string } | null;
  readonly histogram: HistogramView | null;
}

export interface TrafficView {
  /** Requests of each of the last seconds, oldest first. */
  readonly perSecond: readonly number[];
  /** Of the last seconds. */
  readonly p95Ms: number | null;
  readonly answered: number;
  readonly failed: number;
}

export interface AnswersView {
  readonly releaseId: string;
  readonly role: string;
  readonly share: number;
}

/** A feature whose distribution moves: shares of the same bins, in training and in the last seconds. */
export interface HistogramView {
  readonly feature: string;
  readonly learned: readonly number[];
  readonly live: readonly number[];
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const LABEL_WIDTH = 9;
const BAR_WIDTH = 24;
const MOST_ANSWERERS = 3;

/**
 * The panel as lines that fit the screen, always as many, so that it can be drawn over itself.
 *
 * @param columns width of the screen; narrower than 40 is cut
 * @param frame grows with each drawing
 */
export function panelLines(view: PanelView, columns: number, frame: number, colors: Colors): readonly string[] {
  const { traffic, rollout, histogram } = view;
  const label = (name: string): string => colors.dim(name.padEnd(LABEL_WIDTH));
  const rule = colors.dim('─'.repeat(Math.max(0, columns)));
  const spinner = colors.cyan(SPINNER[frame % SPINNER.length]!);
  const lines = [
    rule,
    `${label('traffic')}${traffic === null ? colors.dim('not yet') : trafficText(traffic, colors)}`,
    ...answersLines(view.answers, label, colors),
    `${label('rollout')}${rollout === null ? colors.dim('none') : `${colors.bold(rollout.place)}  ${rollout.because}`}`,
    `${label(histogram?.feature ?? '')}${histogram === null ? '' : histogramText(histogram, colors)}`,
    `${spinner} ${clockText(view.elapsedMs)}  ${colors.bold(view.scene)}${view.doing === '' ? '' : `: ${view.doing}`}`,
  ];
  return lines.map((line) => fitted(harmlessText(line), columns));
}

function trafficText({ perSecond, p95Ms, answered, failed }: TrafficView, colors: Colors): string {
  const now = perSecond.at(-1) ?? 0;
  const wrong = failed === 0 ? colors.green('0 failed') : colors.red(`${countText(failed)} failed`);
  const late = p95Ms === null ? '' : `  p95 ${String(Math.round(p95Ms)).padStart(3)} ms`;
  const bars = colors.cyan(sparkLine(perSecond));
  return `${bars} ${String(now).padStart(3)}/s${late}  ${countText(answered).padStart(6)} answered  ${wrong}`;
}

/** A line for each, and as many again as there could be: the panel keeps its height. */
function answersLines(
  answers: readonly AnswersView[],
  label: (name: string) => string,
  colors: Colors,
): readonly string[] {
  return Array.from({ length: MOST_ANSWERERS }, (_, i) => {
    const name = label(i === 0 ? 'answers' : '');
    const one = answers[i];
    if (one === undefined) return i === 0 ? `${name}${colors.dim('nobody yet')}` : name;
    const bar = i === 0 ? colors.green(shareBar(one.share, BAR_WIDTH)) : colors.yellow(shareBar(one.share, BAR_WIDTH));
    const share = `${Math.round(one.share * 100)} %`.padStart(5);
    return `${name}${one.releaseId.slice(0, 8)} ${bar} ${share}  ${one.role}`;
  });
}

function histogramText({ learned, live }: HistogramView, colors: Colors): string {
  const highest = Math.max(...learned, ...live);
  const [then, now] = [sparkLine(learned, highest), sparkLine(live, highest)];
  return `learned from ${colors.cyan(then)}   asked now ${colors.magenta(now)}`;
}

/** `0:07`, `2:31`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The line, cut where the screen ends; colours are lost when it is. */
export function fitted(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, Math.max(0, columns - 1))}…`;
}
