import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Model } from '../../core/definitions/model.ts';
import { stubBundles } from '../../lib/bundling/stub-bundles.ts';
import { contextOf } from '../../lib/cdk-context.ts';
import type { Environment } from '../../lib/config/environment.ts';
import { environmentOf } from '../../lib/config/environments.ts';
import { addHeadgate, type HeadgateStacks } from '../../lib/headgate-app.ts';
import { scratchDir } from '../scratch-dir.ts';
import { fixtureDefinitions } from './fixture-definitions.ts';

interface Synthesized {
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

const rootDir = resolve(import.meta.dirname, '../..');

interface AppOptions {
  readonly environment?: Environment;
  /** Names of the models that the definitions have. */
  readonly models?: readonly string[];
  /** What each of them is made. @default nobody watches it */
  readonly modelOf?: (model: Model) => Model;
  /** Checks every template as `cdk synth` does, which takes seconds. */
  readonly isValidated?: boolean;
}

/** The app with the feature flags that `cdk synth` uses, and functions without code. */
export function headgateApp(options: AppOptions = {}): { readonly app: App; readonly stacks: HeadgateStacks } {
  const app = new App({
    outdir: scratchDir('synth'),
    context: contextOf(rootDir, []),
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: options.isValidated ?? false,
  });
  const { modelOf = (model) => model } = options;
  const definitions = fixtureDefinitions(options.models);
  const stacks = addHeadgate(app, {
    environment: options.environment ?? environmentOf('dev'),
    definitions: { ...definitions, models: definitions.models.map((model) => modelOf(model)) },
    bundles: stubBundles(scratchDir('synth')),
    version: '0.0.0-test',
  });
  return { app, stacks };
}

export function synthesize(
  environment?: Environment,
  models?: readonly string[],
  modelOf?: AppOptions['modelOf'],
): Synthesized {
  const { app, stacks } = headgateApp({ environment, models, modelOf });
  return {
    app,
    stacks,
    data: Template.fromStack(stacks.data),
    platform: Template.fromStack(stacks.platform),
    model: Template.fromStack(stacks.models[0]!), // there is one at least
  };
}

/** Resources of one type by logical id. */
export function resourcesOf(template: Template, type: string): readonly (readonly [string, TemplateResource])[] {
  return Object.entries(template.findResources(type)) as unknown as [string, TemplateResource][]; // shape of any template
}

/** A value with every intrinsic function written as the name of what it refers to. */
export function plainText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  switch (name) {
    case 'Ref':
      return `{${String(argument)}}`;
    case 'Fn::GetAtt':
      return `{${(argument as readonly string[]).join('.')}}`; // by its definition
    case 'Fn::GetStackOutput':
      return `{${(argument as { readonly OutputName: string }).OutputName}}`; // by its definition
    case 'Fn::Join':
      return (argument as readonly [string, readonly unknown[]])[1].map(plainText).join(''); // by its definition
    default:
      return JSON.stringify(value);
  }
}
