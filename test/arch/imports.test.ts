import { describe, expect, it } from 'vitest';
import { filesBelow, importsOf } from './source-files.ts';

const PURE = ['core/', '@noble/hashes/', 'canonicalize'];
const CONTRACTS = [...PURE, 'contracts/', 'zod'];
const PORTS = [...PURE, 'contracts/', 'lambdas/ports/'];
const USE_CASES = [...PORTS, 'lambdas/use-cases/'];
const HANDLERS = [
  ...CONTRACTS,
  'lambdas/ports/',
  'lambdas/use-cases/',
  'lambdas/handlers/',
  '@middy/',
  '@aws-lambda-powertools/',
  'aws-lambda',
];

/** Who may import whom (docs: DESIGN's layout); the first pattern that matches decides. */
const MAY_IMPORT: readonly (readonly [files: RegExp, allowed: readonly string[]])[] = [
  [/^core\//, PURE],
  [/^contracts\/definitions\/load-/, [...CONTRACTS, 'node:']],
  [/^contracts\//, CONTRACTS],
  [/^definitions\//, ['#headgate', 'definitions/']],
  [/^lambdas\/ports\//, PORTS],
  [/^lambdas\/use-cases\//, USE_CASES],
  [
    /^lambdas\/adapters\/aws\//,
    [...CONTRACTS, 'lambdas/ports/', 'lambdas/adapters/', '@aws-sdk/', '@smithy/', 'node:'],
  ],
  [
    /^lambdas\/adapters\//,
    [
      ...CONTRACTS,
      'lambdas/ports/',
      'lambdas/adapters/files/',
      'lambdas/adapters/system/',
      'node:',
      'hyparquet',
      'csv-parse',
      'modern-tar',
    ],
  ],
  [/^lambdas\/handlers\/.*\.lambda\.ts$/, [...HANDLERS, 'lambdas/adapters/', '@aws-sdk/', 'node:']],
  [/^lambdas\/handlers\//, HANDLERS],
  [/^bin\//, ['lib/', 'contracts/', 'core/', 'aws-cdk-lib', 'cdk-nag', 'node:']],
  [/^lib\//, ['lib/', 'contracts/', 'core/', 'aws-cdk-lib', 'constructs', 'cdk-nag', 'esbuild', 'zod', 'node:']],
  [
    /^local\//,
    [
      'local/',
      'core/',
      'node:',
      '@duckdb/',
      '@polyglot-sql/',
      'zod',
      'csv-parse',
      'jsonata',
      'croner',
      'hyparquet',
      'modern-tar',
    ],
  ],
  [/^cli\/demo\/(definitions|definitions-careless|shop)\//, ['#headgate', 'cli/demo/shop/']],
  [
    /^cli\//,
    [
      'cli/',
      'contracts/',
      'core/',
      'node:',
      'commander',
      'csv-parse',
      'picocolors',
      '@smithy/',
      '@aws-crypto/',
      'local/region.ts',
      'local/deployments.ts',
      'local/containers/images.ts',
    ],
  ],
  [/^cockpit\//, ['cockpit/', 'contracts/', 'core/']],
];

const LAYERS = ['core', 'contracts', 'definitions', 'lambdas', 'bin', 'lib', 'local', 'cli', 'cockpit'];
const files = filesBelow(LAYERS, '.ts');

describe('every file imports only what its layer may', () => {
  it.each(files)('%s', (file) => {
    const allowed = MAY_IMPORT.find(([pattern]) => pattern.test(file))?.[1];
    expect(allowed, `${file} is in no known layer`).toBeDefined();
    expect(importsOf(file).filter((name) => !allowed?.some((start) => name.startsWith(start)))).toEqual([]);
  });
});

it('has no cycles', () => {
  const graph = new Map(files.map((file) => [file, importsOf(file).filter((name) => files.includes(name))]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});
