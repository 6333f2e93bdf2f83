import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { stubBundles } from '../../lib/bundling/stub-bundles.ts';
import type { Environment } from '../../lib/config/environment.ts';
import { environmentOf } from '../../lib/config/environments.ts';
import { addHeadgate, type HeadgateStacks } from '../../lib/headgate-app.ts';
import { fixtureDefinitions } from './fixture-definitions.ts';

export interface Synthesized {
  readonly app: App;
  readonly stacks: HeadgateStacks;
  readonly data: Template;
  readonly platform: Template;
  readonly model: Template;
}

/** A resource as it stands in a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}

const cdkJson = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  readonly context: Record<string, unknown>;
};

/** The app with the feature flags that `cdk synth` uses. */
export function headgateApp(
  environment: Environment = environmentOf('dev'),
  models = 1,
): Omit<Synthesized, 'data' | 'platform' | 'model'> {
  const outdir = mkdtempSync(join(tmpdir(), 'headgate-synth-'));
  const app = new App({ outdir, context: cdkJson.context, analyticsReporting: false, treeMetadata: false });
  const stacks = addHeadgate(app, {
    environment,
    definitions: fixtureDefinitions(models),
    bundles: stubBundles(mkdtempSync(join(tmpdir(), 'headgate-stub-'))),
    version: '0.0.0-test',
  });
  return { app, stacks };
}

export function synthesize(environment?: Environment): Synthesized {
  const { app, stacks } = headgateApp(environment);
  return {
    app,
    stacks,
    data: Template.fromStack(stacks.data),
    platform: Template.fromStack(stacks.platform),
    model: Template.fromStack(stacks.models[0]!), // the fixture has one
  };
}

/** Resources of one type by logical id. */
export function resourcesOf(template: Template, type: string): readonly (readonly [string, TemplateResource])[] {
  return Object.entries(template.findResources(type)) as unknown as [string, TemplateResource][]; // shape of any template
}
