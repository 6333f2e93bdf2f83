const ESCAPE = '\u001b';
/** Control characters other than line ends, tabs and our own colours. */
const CONTROL = new RegExp(`${ESCAPE}(?!\\[\\d{1,2}m)|[^\\P{Cc}\\n\\t${ESCAPE}]`, 'gu');

/** What the platform tells quotes data and people, which may hold what moves the cursor or renames the window. */
export function harmlessText(text: string): string {
  return text.replaceAll(CONTROL, '�');
}
