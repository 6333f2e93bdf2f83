import type { Colors } from 'picocolors/types.js';

/**
 * How the lines of the story look.
 *
 * @param columns where lines are broken between words; null leaves them as long as they are
 */
export function storyLines(colors: Colors, columns: () => number | null) {
  const broken = (text: string, indent: string): readonly string[] => {
    const width = columns();
    return width === null
      ? [text]
      : wrapped(text, width - indent.length).map((line, i) => (i === 0 ? line : indent + line));
  };
  return {
    scene: (title: string): readonly string[] => ['', colors.bold(title)],
    line: (text: string): readonly string[] => broken(text, '    ').map((line) => `  ${line}`),
    claim: (text: string, holds: boolean): readonly string[] =>
      broken(text, '  ').map((line, i) =>
        i === 0 ? `  ${holds ? colors.green('✓') : colors.red('✗')} ${line}` : `  ${line}`,
      ),
  };
}

/** The text in lines of at most so many characters, broken between words; a longer word has a line of its own. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
