/** A JSON value as a template holds it, intrinsic functions and all. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue };

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: TemplateValue };
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
}

export interface TemplateOutput {
  readonly Value: TemplateValue;
  readonly Condition?: string;
  readonly Export?: { readonly Name: TemplateValue };
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
}

export interface Template {
  readonly Resources?: { readonly [logicalId: string]: TemplateResource };
  readonly Outputs?: { readonly [name: string]: TemplateOutput };
  readonly Parameters?: { readonly [name: string]: TemplateParameter };
  readonly Conditions?: { readonly [name: string]: TemplateValue };
  readonly Mappings?: {
    readonly [name: string]: { readonly [key: string]: { readonly [key: string]: TemplateValue } };
  };
}

export interface Stack {
  /** CloudFormation name, which may differ from the artifact's id. */
  readonly name: string;
  readonly template: Template;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
