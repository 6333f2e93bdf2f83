import { resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { BUNDLE_OPTIONS } from '../../lib/bundling/bundle-functions.ts';

/** What a cold start of a prediction may have to read. */
const MAX_BYTES = 600_000;

describe('the bundle that answers predictions', () => {
  it('stays small: add to what it imports with care, a module that one export is taken of comes whole', async () => {
    const { outputFiles } = await build({
      ...BUNDLE_OPTIONS,
      absWorkingDir: resolve(import.meta.dirname, '../..'),
      entryPoints: ['lambdas/handlers/serving/predict.lambda.ts'],
      outdir: 'never-written',
      write: false,
    });
    expect(outputFiles.map(({ contents }) => contents.byteLength <= MAX_BYTES || contents.byteLength)).toEqual([true]);
  });
});
