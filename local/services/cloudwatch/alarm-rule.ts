export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface AlarmRule {
  /** Names or ARNs of the alarms it asks about. */
  readonly alarms: readonly string[];
  holds(stateOf: (alarm: string) => AlarmState): boolean;
}

type Node = (stateOf: (alarm: string) => AlarmState) => boolean;

/**
 * Reads the rule of a composite alarm: `ALARM("a") AND (NOT OK(b) OR TRUE)`. NOT binds tightest, then AND, then OR.
 *
 * @throws Error where it does not parse
 */
export function parseAlarmRule(source: string): AlarmRule {
  const tokens = source.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  const alarms = new Set<string>();
  let place = 0;
  const take = (expected?: string): string => {
    const token = tokens[place++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`alarm rule "${source}": expected ${expected ?? 'more'}, got ${token ?? 'its end'}`);
    }
    return token;
  };
  const term = (): Node => {
    const token = take();
    if (token === 'NOT') {
      const negated = term();
      return (stateOf) => !negated(stateOf);
    }
    if (token === '(') {
      const inner = either();
      take(')');
      return inner;
    }
    if (token === 'TRUE' || token === 'FALSE') return () => token === 'TRUE';
    if (token !== 'OK' && token !== 'ALARM' && token !== 'INSUFFICIENT_DATA') {
      throw new Error(
        `alarm rule "${source}": "${token}" is no function; known: ALARM, OK, INSUFFICIENT_DATA, TRUE, FALSE`,
      );
    }
    take('(');
    const alarm = take().replace(/^"|"$/g, '');
    take(')');
    alarms.add(alarm);
    return (stateOf) => stateOf(alarm) === token;
  };
  const both = (): Node => {
    let left = term();
    while (tokens[place] === 'AND') {
      place++;
      const [first, second] = [left, term()];
      left = (stateOf) => first(stateOf) && second(stateOf);
    }
    return left;
  };
  const either = (): Node => {
    let left = both();
    while (tokens[place] === 'OR') {
      place++;
      const [first, second] = [left, both()];
      left = (stateOf) => first(stateOf) || second(stateOf);
    }
    return left;
  };
  const holds = either();
  if (place < tokens.length) throw new Error(`alarm rule "${source}": "${tokens[place]}" is not expected there`);
  return { alarms: [...alarms], holds };
}
