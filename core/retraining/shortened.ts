const MAX_CHARACTERS = 300;

/**
 * A sentence as it fits beside others, cut at a word where there is one; where it is from has it whole.
 *
 * @example
 * shortened('a b c', 4); // => 'a b …'
 */
export function shortened(text: string, maxCharacters = MAX_CHARACTERS): string {
  if (text.length <= maxCharacters) return text;
  const cut = text.slice(0, maxCharacters - 1);
  const atWord = cut.lastIndexOf(' ') + 1;
  return `${atWord === 0 ? cut : cut.slice(0, atWord)}…`;
}
