const compiled = new Map<string, RegExp>();

/** IAM's wildcards: `*` any text, `?` one character; `:` and `/` are nothing special. */
export function matchesWildcard(pattern: string, value: string, flags: '' | 'i' = ''): boolean {
  const key = `${flags}|${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    const source = pattern
      .replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, `s${flags}`);
    compiled.set(key, expression);
  }
  return expression.test(value);
}

/** The same for ARNs, of which each of the six parts is matched alone, so that `*` never crosses a colon. */
export function matchesArn(pattern: string, value: string): boolean {
  const [patternParts, valueParts] = [arnParts(pattern), arnParts(value)];
  if (patternParts.length !== 6 || valueParts.length !== 6) return pattern === '*';
  return patternParts.every((part, index) => matchesWildcard(part, valueParts[index]!));
}

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
