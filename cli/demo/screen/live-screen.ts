import type { Colors } from 'picocolors/types.js';
import { harmlessText } from '../../terminal/harmless-text.ts';
import { type PanelView, panelLines } from './panel-lines.ts';
import type { Screen } from './screen.ts';
import { storyLines } from './story-lines.ts';

/** A terminal, as far as it is needed here. */
export interface ScreenStream {
  write(text: string): unknown;
  readonly columns?: number;
}

const DRAW_EVERY_MS = 150;
const USUAL_COLUMNS = 80;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_TO_END_OF_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** Lines that stay, and below them a panel that is drawn over itself, each time in one write: nothing flickers. */
export function liveScreen(stream: ScreenStream, colors: Colors, startedAtMs: number): Screen {
  let view: PanelView = {
    elapsedMs: 0,
    scene: '',
    doing: '',
    traffic: null,
    answers: [],
    rollout: null,
    histogram: null,
  };
  let height = 0;
  let frame = 0;
  let hasEnded = false;
  // a line as wide as the screen would wrap on some
  const columns = (): number => Math.max(20, (stream.columns ?? USUAL_COLUMNS) - 1);
  const story = storyLines(colors, () => columns() - 4);

  /** To the first line of the panel. */
  const back = (): string => (height === 0 ? '' : `\r\u001b[${height}A`);
  const panel = (): string => {
    const lines = panelLines({ ...view, elapsedMs: Date.now() - startedAtMs }, columns(), frame, colors);
    height = lines.length;
    return lines.map((line) => `${line}${ERASE_TO_END_OF_LINE}\n`).join('');
  };
  const draw = (): void => {
    frame++;
    stream.write(back() + panel());
  };
  const print = (lines: readonly string[]): void => {
    const text = lines.map((line) => `${harmlessText(line)}${ERASE_TO_END_OF_LINE}\n`).join('');
    stream.write(hasEnded ? text : back() + text + ERASE_BELOW + panel());
  };
  stream.write(HIDE_CURSOR);
  const timer = setInterval(draw, DRAW_EVERY_MS);
  timer.unref();

  return {
    scene: (name, title) => {
      view = { ...view, scene: name, doing: '' };
      print(story.scene(title));
    },
    tell: (line) => print(story.line(line)),
    claim: (_scene, text, holds) => print(story.claim(text, holds)),
    doing: (doing) => {
      view = { ...view, doing };
    },
    show: (part) => {
      view = { ...view, ...part };
    },
    summary: (lines) => print(lines),
    end: () => {
      if (hasEnded) return;
      hasEnded = true;
      clearInterval(timer);
      stream.write(`${back()}${ERASE_BELOW}${SHOW_CURSOR}`);
    },
  };
}
