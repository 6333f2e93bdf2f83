import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { loadDefinitions } from '../contracts/definitions/load-definitions.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { bundleFunctions } from '../lib/bundling/bundle-functions.ts';
import { contextOf } from '../lib/cdk-context.ts';
import { environmentOf } from '../lib/config/environments.ts';
import { addHeadgate } from '../lib/headgate-app.ts';

const rootDir = resolve(import.meta.dirname, '..');
const app = new App({
  context: contextOf(rootDir, process.argv.slice(2)),
  analyticsReporting: false,
  treeMetadata: false,
  autoSynth: false,
});
const setting = (name: string): string | undefined => app.node.tryGetContext(name);

const definitionsDir = setting('definitions') ?? process.env['HEADGATE_DEFINITIONS'] ?? join(rootDir, 'definitions');
const definitions = await loadDefinitions(resolve(definitionsDir));
const { version } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')) as { readonly version: string };

addHeadgate(app, {
  environment: environmentOf(setting('env') ?? 'dev', { account: setting('account'), region: setting('region') }),
  definitions,
  bundles: await bundleFunctions({
    rootDir,
    cacheDir: join(rootDir, 'node_modules', '.cache', 'headgate'),
    definitionsJson: canonicalJson(definitions),
  }),
  version,
});
app.synth();
