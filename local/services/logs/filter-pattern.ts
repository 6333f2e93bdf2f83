/**
 * CloudWatch Logs filter patterns over text: every word or quoted phrase must occur, `-word` must not, and of the
 * `?word` terms one must. Terms compare with case. Patterns over JSON (`{ $.x = 1 }`) and columns are refused.
 *
 * @throws Error for those
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const source = pattern.trim();
  if (source === '') return () => true;
  if (/^[{[%]/.test(source)) {
    throw new Error(`filter pattern "${pattern}": the laptop region knows words, "phrases", -word and ?word`);
  }
  const terms = source.match(/[-?]?(?:"[^"]*"|[^\s"]+)/g) ?? [];
  const text = (term: string) => term.replace(/^[-?]/, '').replace(/^"|"$/g, '');
  const unwanted = terms.filter((term) => term.startsWith('-')).map(text);
  const optional = terms.filter((term) => term.startsWith('?')).map(text);
  const needed = terms.filter((term) => !/^[-?]/.test(term)).map(text);
  return (message) =>
    needed.every((term) => message.includes(term)) &&
    !unwanted.some((term) => message.includes(term)) &&
    (optional.length === 0 || optional.some((term) => message.includes(term)));
}
