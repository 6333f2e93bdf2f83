import { ExpressionError } from './expression-error.ts';

/** One word of an expression. Keywords and function names are case-insensitive and come as `word` in `lower`. */
export interface Token {
  readonly kind: 'number' | 'string' | 'word' | 'quoted' | 'symbol' | 'end';
  /** As written; for strings and quoted names what they stand for. */
  readonly text: string;
  readonly lower: string;
  readonly at: number;
}

const TOKEN =
  /(?<space>\s+)|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|'(?<string>(?:[^']|'')*)'|"(?<quoted>[^"]+)"|(?<symbol><=|>=|<>|!=|\|\||[-+*/%=<>(),])/y;

/** The words of the text, with one of kind `end` last. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw new ExpressionError(text, at, strayCharacter(text, at));
    for (const kind of ['number', 'word', 'string', 'quoted', 'symbol'] as const) {
      const written = groups[kind];
      if (written === undefined) continue;
      const meant = kind === 'string' ? written.replaceAll("''", "'") : written === '!=' ? '<>' : written;
      tokens.push({ kind, text: meant, lower: kind === 'word' ? meant.toLowerCase() : meant, at });
    }
    at = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: 'the end', lower: 'the end', at: text.length });
  return tokens;
}

function strayCharacter(text: string, at: number): string {
  if (text[at] === "'") return "a string that starts here does not end; write '…' and double a quote inside it";
  if (text[at] === '"') return 'a quoted column name that starts here does not end';
  return `the character "${text[at]}" has no meaning here; allowed are names, numbers, 'strings' and + - * / % = <> < <= > >= || ( ) ,`;
}
