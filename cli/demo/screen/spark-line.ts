const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * Values as bars, a character each; 0 is a blank, anything above it at least the lowest bar.
 *
 * @param highest value of the highest bar; by default the largest one given
 */
export function sparkLine(values: readonly number[], highest = Math.max(0, ...values)): string {
  return values
    .map((value) => {
      if (!(value > 0) || highest <= 0) return ' ';
      return BARS[Math.min(BARS.length - 1, Math.max(0, Math.ceil((value / highest) * BARS.length) - 1))]!;
    })
    .join('');
}

/** A bar of so many characters, of which a share is filled. */
export function shareBar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
