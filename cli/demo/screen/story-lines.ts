import type { Colors } from 'picocolors/types.js';

/** How the lines of the story look. */
export function storyLines(colors: Colors) {
  return {
    scene: (title: string): readonly string[] => ['', colors.bold(title)],
    line: (text: string): string => `  ${text}`,
    claim: (text: string, holds: boolean): string => `  ${holds ? colors.green('✓') : colors.red('✗')} ${text}`,
  };
}
