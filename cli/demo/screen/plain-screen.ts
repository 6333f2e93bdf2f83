import pc from 'picocolors';
import { harmlessText } from '../../terminal/harmless-text.ts';
import type { Screen } from './screen.ts';
import { storyLines } from './story-lines.ts';

interface Writable {
  write(text: string): unknown;
}

/** The story as lines without colours, for files and pipes. */
export function plainScreen(stream: Writable): Screen {
  const story = storyLines(pc.createColors(false), () => null);
  const print = (lines: readonly string[]): void => {
    stream.write(lines.map((line) => `${harmlessText(line)}\n`).join(''));
  };
  return {
    scene: (_name, title) => print(story.scene(title)),
    tell: (line) => print(story.line(line)),
    claim: (_scene, text, holds) => print(story.claim(text, holds)),
    doing: () => {},
    show: () => {},
    summary: print,
    end: () => {},
  };
}

/** The story as lines of JSON, each with the milliseconds since the beginning; the last is the summary. */
export function jsonScreen(stream: Writable, startedAtMs: number): Screen {
  const print = (event: string, facts: object): void => {
    stream.write(`${JSON.stringify({ event, atMs: Date.now() - startedAtMs, ...facts })}\n`);
  };
  return {
    scene: (scene) => print('scene', { scene }),
    tell: (line, event, facts = {}) => print(event, { says: line, ...facts }),
    claim: (scene, claim, holds) => print('claim', { scene, claim, holds }),
    doing: () => {},
    show: () => {},
    summary: (_lines, document) => print('summary', document),
    end: () => {},
  };
}
