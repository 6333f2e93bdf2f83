/**
 * How long synthesis takes: `node bench/synth.ts [models]`, 50 models by default, the templates checked as `cdk synth`
 * checks them. Bundling is not part of it. The number to reach is 10 s for 50 models.
 */

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { stubBundles } from '../lib/bundling/stub-bundles.ts';
import { contextOf } from '../lib/cdk-context.ts';
import { environmentOf } from '../lib/config/environments.ts';
import { addHeadgate } from '../lib/headgate-app.ts';
import { fixtureDefinitions } from '../test/infra/fixture-definitions.ts';

const models = Number(process.argv[2] ?? 50);
const outdir = mkdtempSync(join(tmpdir(), 'headgate-bench-synth-'));
const startedMs = performance.now();
const app = new App({
  outdir,
  context: contextOf(resolve(import.meta.dirname, '..'), []),
  analyticsReporting: false,
  treeMetadata: false,
});
addHeadgate(app, {
  environment: environmentOf('prod'),
  definitions: fixtureDefinitions(Array.from({ length: models }, (_, i) => `churn_${i + 1}`)),
  bundles: stubBundles(outdir),
  version: '0.0.0-bench',
});
const { stacks } = app.synth();
const seconds = (performance.now() - startedMs) / 1000;
const templates = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
const bytes = templates.reduce((sum, file) => sum + statSync(join(outdir, file)).size, 0);
rmSync(outdir, { recursive: true });
console.log(
  JSON.stringify({
    bench: 'synth',
    models,
    stacks: stacks.length,
    templateBytes: bytes,
    seconds: Number(seconds.toFixed(2)),
  }),
);
