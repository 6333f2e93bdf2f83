import type { PanelView } from './panel-lines.ts';

/** Where the story is told: a screen with a panel that lives, plain lines, or lines of JSON. */
export interface Screen {
  /** A new scene begins. */
  scene(name: string, title: string): void;
  /** A line of the story, for people; `event` and its facts are what machines read. */
  tell(line: string, event: string, facts?: object): void;
  /** A claim that was checked. */
  claim(scene: string, text: string, holds: boolean): void;
  /** What is being done right now, told in the panel. */
  doing(text: string): void;
  /** What the panel shows beside the traffic. */
  show(part: Partial<PanelView>): void;
  /** The last word: lines for people, one document for machines. */
  summary(lines: readonly string[], document: object): void;
  /** Ends the panel; the lines stay. */
  end(): void;
}
