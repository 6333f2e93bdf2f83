/** A stretch of SQL text: code that means something, or a string, quoted name or comment whose inside does not. */
export interface Stretch {
  readonly kind: 'code' | 'string' | 'quoted-name' | 'comment';
  readonly text: string;
  readonly from: number;
}

const STRETCH = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[^'"\-/]+|[-/]/g;

/** Cuts SQL text into stretches that, joined, give the text again. */
export function stretches(sql: string): Stretch[] {
  return [...sql.matchAll(STRETCH)].map((match) => ({ kind: kindOf(match[0]), text: match[0], from: match.index }));
}

function kindOf(text: string): Stretch['kind'] {
  if (text.startsWith("'")) return 'string';
  if (text.startsWith('"')) return 'quoted-name';
  return text.startsWith('--') || text.startsWith('/*') ? 'comment' : 'code';
}

/** The text without comments and without a final semicolon. */
export function withoutComments(sql: string): string {
  const kept = stretches(sql).map(({ kind, text }) => (kind === 'comment' ? ' ' : text));
  return kept.join('').trim().replace(/;\s*$/, '').trim();
}

/** Index of the parenthesis that closes the one at `open`; -1 when none does. */
export function closingParenthesis(sql: string, open: number): number {
  let depth = 0;
  for (const { kind, text, from } of stretches(sql)) {
    if (kind !== 'code') continue;
    for (let i = Math.max(0, open - from); i < text.length; i++) {
      if (text[i] === '(') depth++;
      if (text[i] === ')' && --depth === 0) return from + i;
    }
  }
  return -1;
}

/** The value of a string literal, its quotes taken off. */
export function unquote(literal: string): string {
  return literal.slice(1, -1).replaceAll("''", "'");
}

/** A string literal of SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A quoted identifier of SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
