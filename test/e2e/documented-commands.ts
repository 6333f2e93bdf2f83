import { textOf } from '../arch/source-files.ts';

/** A `sh` block of a page. */
interface DocumentedCommands {
  readonly script: string;
  /** Lines of the `text` block that follows it, before the next `sh` block: what the commands print, or part of it. */
  readonly shown: readonly string[];
}

/** Each `sh` block of a page, in order, with what the page says that it prints. */
export function documentedCommands(file: string): readonly DocumentedCommands[] {
  const blocks = [...textOf(file).matchAll(/^```(sh|text)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, kind, script = ''], i) => {
    if (kind !== 'sh') return [];
    const [, nextKind, next = ''] = blocks[i + 1] ?? [];
    return [{ script: script.trim(), shown: nextKind === 'text' ? next.trimEnd().split('\n') : [] }];
  });
}

/** Each `sh` block of a page, in order. */
export function shellBlocks(file: string): readonly string[] {
  return documentedCommands(file).map(({ script }) => script);
}

/**
 * The lines that a page shows and that were not printed, in that order. Numbers, times and ids are other ones each day;
 * `…` stands for anything, and on a line by itself for any lines.
 */
export function linesNotPrinted(shown: readonly string[], printed: string): readonly string[] {
  const lines = printed.split('\n').map(plain);
  let from = 0;
  return shown.filter((line) => {
    if (line.trim() === '…') return false;
    const pattern = new RegExp(`^${plain(line).split('…').map(escaped).join('.*')}$`);
    const at = lines.findIndex((one, i) => i >= from && pattern.test(one));
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}

function plain(line: string): string {
  return line
    .replaceAll(/\b(?=[a-f]*\d)[0-9a-f]{12,64}\b/g, 'ID')
    .replaceAll(/-?\d[\d.,:]*/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
