import { expect, it } from 'vitest';
import { parseAlarmRule } from '../../local/services/cloudwatch/alarm-rule.ts';
import { parseMathExpression } from '../../local/services/cloudwatch/metric-math.ts';

it.each<[string, Record<string, number>, number | undefined]>([
  ['1 + 2 * 3', {}, 7],
  ['(1 + 2) * 3', {}, 9],
  ['a / b', { a: 1, b: 0 }, undefined],
  ['a - -2', { a: 1 }, 3],
  ['a + gone', { a: 1 }, undefined],
  ['a + FILL(gone, 0)', { a: 1 }, 1],
])('metric math: %s', (expression, values, expected) => {
  expect(parseMathExpression(expression).evaluate((identifier) => values[identifier])).toBe(expected);
});

it.each(['ANOMALY_DETECTION_BAND(m1)', 'm1 +', '(m1', 'm1 m2'])('metric math refuses %s', (expression) => {
  expect(() => parseMathExpression(expression)).toThrow(expression);
});

it('alarm rules bind NOT before AND before OR', () => {
  const { holds } = parseAlarmRule('NOT ALARM(a) AND OK(b) OR FALSE');
  expect(holds((name) => (name === 'a' ? 'INSUFFICIENT_DATA' : 'OK'))).toBe(true);
  expect(holds(() => 'ALARM')).toBe(false);
  expect(() => parseAlarmRule('ALARM(a) BUT OK(b)')).toThrow('BUT');
});
