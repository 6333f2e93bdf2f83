import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../lib/bundling/bundle-functions.ts';
import { FUNCTION_NAMES, FUNCTIONS } from '../../lib/functions.ts';
import { scratchDir } from '../scratch-dir.ts';

let rootDir: string;
let cacheDir: string;
const bundle = (definitionsJson = '{}') => bundleFunctions({ rootDir, cacheDir, definitionsJson });

beforeEach(() => {
  rootDir = scratchDir('bundling');
  cacheDir = join(rootDir, 'cache');
  for (const folder of ['core', 'contracts']) mkdirSync(join(rootDir, folder));
  for (const file of ['package.json', 'package-lock.json']) writeFileSync(join(rootDir, file), '{}');
  writeFileSync(
    join(rootDir, 'core', 'answer.ts'),
    'export const answer: number = 42;\nexport const unused = "UNUSED";\n',
  );
  for (const name of FUNCTION_NAMES) {
    const file = join(rootDir, 'lambdas', 'handlers', `${name}.lambda.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `import { answer } from '../../../core/answer.ts';\nexport const handler = async () => [${JSON.stringify(name)}, answer, typeof require];\n`,
    );
  }
});

describe('bundling', () => {
  it('makes one ES module per function that exports its handler, without what it does not use', async () => {
    const bundles = await bundle();
    expect(Object.keys(bundles).sort()).toEqual([...FUNCTION_NAMES].sort());
    const file = join(bundles['serving/predict'].dir, 'index.mjs');
    const { handler } = (await import(pathToFileURL(file).href)) as { readonly handler: () => Promise<unknown> }; // just written
    expect(await handler()).toEqual(['serving/predict', 42, 'function']);
    expect(readFileSync(file, 'utf8')).not.toContain('UNUSED');
  });

  it('lays the definitions beside the functions that read them', async () => {
    const bundles = await bundle('{"models":[]}');
    for (const name of FUNCTION_NAMES) {
      const file = join(bundles[name].dir, 'definitions.json');
      if (FUNCTIONS[name].hasDefinitions) expect(readFileSync(file, 'utf8')).toBe('{"models":[]}');
      else expect(() => statSync(file)).toThrow('ENOENT');
    }
  });

  it('builds nothing again that has been built', async () => {
    const before = await bundle();
    const builtAt = statSync(join(before['serving/predict'].dir, 'index.mjs')).mtimeMs;
    const after = await bundle();
    expect(after).toEqual(before);
    expect(statSync(join(after['serving/predict'].dir, 'index.mjs')).mtimeMs).toBe(builtAt);
  });

  it('names a bundle after its content: of a change only what it touches gets another name', async () => {
    const before = await bundle();
    writeFileSync(
      join(rootDir, 'lambdas', 'handlers', 'platform', 'describe.lambda.ts'),
      'export const handler = async () => "changed";\n',
    );
    const after = await bundle();
    const changed = FUNCTION_NAMES.filter((name) => before[name].hash !== after[name].hash);
    expect(changed).toEqual(['platform/describe']);
  });

  it('gives functions with other definitions another name, and the others the same', async () => {
    const [before, after] = [await bundle('{"a":1}'), await bundle('{"a":2}')];
    const changed = FUNCTION_NAMES.filter((name) => before[name].hash !== after[name].hash);
    expect(changed).toEqual(FUNCTION_NAMES.filter((name) => FUNCTIONS[name].hasDefinitions));
  });

  it('names every handler that is missing', async () => {
    rmSync(join(rootDir, 'lambdas', 'handlers', 'rollout', 'resume.lambda.ts'));
    rmSync(join(rootDir, 'lambdas', 'handlers', 'serving', 'predict.lambda.ts'));
    await expect(bundle()).rejects.toThrow(
      'without a handler: lambdas/handlers/serving/predict.lambda.ts, lambdas/handlers/rollout/resume.lambda.ts',
    );
  });

  it('says what is wrong with a handler that does not build, and keeps nothing of the try', async () => {
    writeFileSync(
      join(rootDir, 'lambdas', 'handlers', 'rollout', 'resume.lambda.ts'),
      'import "../../../core/gone.ts";\n',
    );
    await expect(bundle()).rejects.toThrow('gone.ts');
    writeFileSync(join(rootDir, 'core', 'gone.ts'), '');
    await expect(bundle()).resolves.toBeDefined();
  });
});
