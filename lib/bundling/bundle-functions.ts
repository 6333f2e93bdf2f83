import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../functions.ts';
import type { FunctionBundle, FunctionBundles } from './function-bundle.ts';
import { sourceDigest } from './source-digest.ts';

export interface BundleRequest {
  /** The repository. */
  readonly rootDir: string;
  /** Where bundles are kept between runs. */
  readonly cacheDir: string;
  /** Canonical JSON of the definitions. */
  readonly definitionsJson: string;
}

/** How esbuild makes a function's code of its handler. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  treeShaking: true,
  mainFields: ['module', 'main'],
  // a function's credentials are in its environment: the SDK's other sources would be a sixth of the smallest bundles
  alias: { '@aws-sdk/credential-provider-node': './lambdas/adapters/aws/function-credentials.ts' },
  outExtension: { '.js': '.mjs' },
  // packages in CommonJS call require, which an ES module does not have
  banner: {
    js: "import{createRequire as headgateCreateRequire}from'node:module';const require=headgateCreateRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'silent',
} as const satisfies BuildOptions;

/**
 * One folder per function, all made by one run of esbuild. Sources that have been bundled before are not bundled again.
 *
 * @throws Error naming each function whose handler is missing, or what esbuild refused
 */
export async function bundleFunctions(request: BundleRequest): Promise<FunctionBundles> {
  const missing = FUNCTION_NAMES.filter((name) => !existsSync(handlerFile(request.rootDir, name)));
  if (missing.length > 0) {
    const files = missing.map((name) => `lambdas/handlers/${name}.lambda.ts`).join(', ');
    throw new Error(`functions of lib/functions.ts without a handler: ${files}`);
  }
  const builtDir = join(request.cacheDir, sourceDigest(request.rootDir, BUNDLE_OPTIONS).slice(0, 16));
  if (!existsSync(builtDir)) await inOneMove(builtDir, (dir) => buildInto(dir, request.rootDir));

  const bundles = await Promise.all(
    FUNCTION_NAMES.map(async (name) => [name, await assetOf(name, builtDir, request)] as const),
  );
  return Object.fromEntries(bundles) as FunctionBundles; // one for each name of the catalogue
}

function handlerFile(rootDir: string, name: FunctionName): string {
  return join(rootDir, 'lambdas', 'handlers', `${name}.lambda.ts`);
}

async function buildInto(dir: string, rootDir: string): Promise<void> {
  await build({
    ...BUNDLE_OPTIONS,
    absWorkingDir: rootDir,
    entryPoints: FUNCTION_NAMES.map((name) => ({ in: handlerFile(rootDir, name), out: `${name}/index` })),
    outdir: dir,
  });
}

async function assetOf(name: FunctionName, builtDir: string, request: BundleRequest): Promise<FunctionBundle> {
  const code = await readFile(join(builtDir, name, 'index.mjs'));
  const definitions = FUNCTIONS[name].hasDefinitions ? request.definitionsJson : '';
  const hash = createHash('sha256').update(code).update('\n').update(definitions).digest('hex');
  if (definitions === '') return { dir: join(builtDir, name), hash };

  const dir = join(request.cacheDir, 'with-definitions', hash.slice(0, 32));
  if (!existsSync(dir)) {
    await inOneMove(dir, async (draft) => {
      await cp(join(builtDir, name), draft, { recursive: true });
      await writeFile(join(draft, 'definitions.json'), definitions);
    });
  }
  return { dir, hash };
}

/** Fills a folder so that another process sees it whole or not at all. */
async function inOneMove(target: string, fill: (draft: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const draft = await mkdtemp(`${target}-`);
  try {
    await fill(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // otherwise another process was faster
  }
}
