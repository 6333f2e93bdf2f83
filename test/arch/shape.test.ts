import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './source-files.ts';

const sources = filesBelow(['core', 'contracts', 'definitions', 'lambdas', 'bin', 'lib', 'local', 'cli'], '.ts');
const all = [...sources, ...filesBelow(['test', 'bench'], '.ts')];
const FORBIDDEN_NAMES = ['utils', 'helpers', 'common', 'types', 'misc'];

it.each(sources)('%s is at most 400 lines long', (file) => {
  expect(textOf(file).split('\n').length).toBeLessThanOrEqual(401);
});

it('names files in kebab-case after what they hold', () => {
  const bad = all.filter((file) => {
    const name = file.split('/').at(-1) ?? '';
    return (
      !/^[a-z0-9]+(-[a-z0-9]+)*(\.(lambda|contract|test|config))?\.ts$/.test(name) ||
      FORBIDDEN_NAMES.includes(name.split('.')[0] ?? '')
    );
  });
  expect(bad).toEqual([]);
});

describe('the project speaks of itself alone', () => {
  const texts = [
    ...all,
    ...filesBelow(['.'], '.md'),
    ...filesBelow(['.'], '.json').filter((file) => file !== 'package-lock.json'),
  ];
  const machinePath = new RegExp(['/wor', 'k/|/far', 'm/|/ro', 'ot/|/tm', 'p/'].join(''));
  it.each(texts)('%s names no path of one machine', (file) => {
    expect(textOf(file)).not.toMatch(machinePath);
  });
});

it('generates no code at run time', () => {
  const dynamic = /\beval\(|new Function\(|node:vm/;
  expect(sources.filter((file) => dynamic.test(textOf(file)))).toEqual([]);
});

it('reads instants in UTC alone, so that the time zone of a machine changes nothing', () => {
  const local =
    /\.(get|set)(FullYear|Month|Date|Day|Hours|Minutes|Seconds|TimezoneOffset)\(|toLocale(Date|Time)String\(|toLocaleString\(\)/;
  expect(sources.filter((file) => local.test(textOf(file)))).toEqual([]);
});

it('every error class carries the name that Step Functions matches on', () => {
  const nameless = sources.flatMap((file) =>
    [...textOf(file).matchAll(/class (\w+Error) extends PlatformError \{[\s\S]*?super\(\s*'(\w+)'/g)]
      .filter(([, name, given]) => name !== given)
      .map(([, name]) => `${file}: ${name}`),
  );
  expect(nameless).toEqual([]);
});
