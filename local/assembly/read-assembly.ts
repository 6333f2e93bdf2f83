import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, type Stack, type Template } from './template.ts';

/** A CDK cloud assembly, its stacks ordered so that each comes after those it depends on. */
export interface Assembly {
  readonly dir: string;
  readonly accountId: string;
  readonly regionName: string;
  readonly stacks: readonly Stack[];
}

/** What an assembly without a fixed environment runs as. */
const DEFAULT_ACCOUNT_ID = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** @throws Error when the folder is no assembly, or its stacks are for more than one account or region */
export function readAssembly(dir: string): Assembly {
  const manifestFile = join(dir, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new Error(
      `${dir} is no cloud assembly: it has no manifest.json; make one with \`cdk synth --output ${dir}\``,
    );
  }
  const manifest: unknown = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const artifacts = isRecord(manifest) && isRecord(manifest['artifacts']) ? manifest['artifacts'] : {};

  const stacks = new Map<string, { readonly stack: Stack; readonly environment: string }>();
  const dependencies = new Map<string, readonly string[]>();
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (!isRecord(artifact)) continue;
    dependencies.set(id, Array.isArray(artifact['dependencies']) ? artifact['dependencies'].map(String) : []);
    if (artifact['type'] === 'cdk:cloud-assembly') {
      throw new Error(`${manifestFile}: "${id}" is a nested assembly (a CDK Stage); give the folder of one stage`);
    }
    if (artifact['type'] !== 'aws:cloudformation:stack' || !isRecord(artifact['properties'])) continue;
    const template = JSON.parse(
      readFileSync(join(dir, String(artifact['properties']['templateFile'])), 'utf8'),
    ) as Template;
    stacks.set(id, {
      stack: { name: String(artifact['properties']['stackName'] ?? id), template },
      environment: String(artifact['environment']),
    });
  }
  const environments = [...new Set([...stacks.values()].map((entry) => entry.environment))];
  if (environments.length > 1) {
    throw new Error(
      `${manifestFile}: a laptop region is one account and one region, and the stacks are for ${environments.join(', ')}`,
    );
  }
  const [, accountId, regionName] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environments[0] ?? '') ?? [];
  return {
    dir,
    accountId: accountId === undefined || accountId === 'unknown-account' ? DEFAULT_ACCOUNT_ID : accountId,
    regionName: regionName === undefined || regionName === 'unknown-region' ? DEFAULT_REGION : regionName,
    stacks: inDependencyOrder([...stacks.keys()], (id) => dependencies.get(id) ?? [], manifestFile).map(
      (id) => stacks.get(id)!.stack,
    ),
  };
}

/**
 * Ids so that each comes after what it depends on; otherwise the given order is kept. Dependencies that are not
 * among the ids (assets) are left out.
 *
 * @throws Error naming the circle, when there is one
 */
export function inDependencyOrder(
  ids: readonly string[],
  dependenciesOf: (id: string) => Iterable<string>,
  where: string,
): string[] {
  const known = new Set(ids);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (id: string) => {
    if (done.has(id)) return;
    if (path.includes(id)) {
      throw new Error(`${where}: circular dependency ${[...path.slice(path.indexOf(id)), id].join(' -> ')}`);
    }
    path.push(id);
    for (const dependency of dependenciesOf(id)) if (known.has(dependency)) visit(dependency);
    path.pop();
    done.add(id);
  };
  for (const id of ids) visit(id);
  return [...done];
}
