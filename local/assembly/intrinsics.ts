import { getAttTarget } from './references.ts';
import { isRecord, type Template } from './template.ts';

/** What the intrinsic functions of one stack may look at. */
export interface ResolveScope {
  readonly stackName: string;
  readonly template: Template;
  /** Pseudo parameters (`AWS::AccountId`) by name. */
  readonly pseudoParameters: Readonly<Record<string, string>>;
  /** Values of the template's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What `Ref` gives for a resource that is up; undefined when there is none. */
  ref(logicalId: string): string | undefined;
  /** What `Fn::GetAtt` gives for a resource that is up; undefined when there is none. */
  attribute(logicalId: string, attribute: string): string | undefined;
  /** Value another stack exports under this name; undefined when none does. */
  exported(name: string): string | undefined;
  /** Output of another stack; undefined when there is none. */
  stackOutput(stackName: string, outputName: string): string | undefined;
}

/** Stands for `AWS::NoValue`: the member that holds it disappears. */
const NO_VALUE = Symbol('AWS::NoValue');

export class TemplateError extends Error {
  constructor(scope: ResolveScope, where: string, problem: string) {
    super(`stack ${scope.stackName}, ${where}: ${problem}`);
    this.name = 'TemplateError';
  }
}

/**
 * The value with every intrinsic function replaced by what it gives.
 *
 * @param where names the place for errors, such as `resource Table`
 * @throws TemplateError for an unknown function or name
 */
export function resolveValue(value: unknown, scope: ResolveScope, where: string): unknown {
  const resolved = resolve(value, scope, where);
  return resolved === NO_VALUE ? undefined : resolved;
}

/** True or false for a condition of the template's Conditions section, or `{Condition: name}`. */
export function resolveCondition(name: string, scope: ResolveScope): boolean {
  const condition = scope.template.Conditions?.[name];
  if (condition === undefined) throw new TemplateError(scope, `condition ${name}`, 'no such condition in the template');
  return truth(condition, scope, `condition ${name}`);
}

function resolve(value: unknown, scope: ResolveScope, where: string): unknown {
  if (typeof value === 'string') return withoutDynamicReferences(value, scope, where);
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, scope, where)).filter((item) => item !== NO_VALUE);
  }
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  const only = keys.length === 1 ? keys[0]! : '';
  if (only === 'Ref' || only.startsWith('Fn::')) return call(only, value[only], scope, where);
  return Object.fromEntries(
    keys.map((key) => [key, resolve(value[key], scope, where)] as const).filter(([, item]) => item !== NO_VALUE),
  );
}

function call(name: string, argument: unknown, scope: ResolveScope, where: string): unknown {
  const text = (part: unknown) => asText(resolve(part, scope, where), scope, `${where}, ${name}`);
  const list = (part: unknown) => asList(resolve(part, scope, where), scope, `${where}, ${name}`);
  const parts = Array.isArray(argument) ? argument : [argument];
  switch (name) {
    case 'Ref':
      return reference(String(argument), scope, where);
    case 'Fn::GetAtt':
      return attribute(argument, scope, where);
    case 'Fn::Join':
      return list(parts[1])
        .map((part) => asText(part, scope, `${where}, ${name}`))
        .join(text(parts[0]));
    case 'Fn::Sub':
      return substitute(parts, scope, where);
    case 'Fn::Select': {
      const index = Number(text(parts[0]));
      const items = list(parts[1]);
      if (!(index in items)) throw new TemplateError(scope, where, `Fn::Select ${index} of ${items.length} items`);
      return items[index];
    }
    case 'Fn::Split':
      return text(parts[1]).split(text(parts[0]));
    case 'Fn::Base64':
      return Buffer.from(text(argument), 'utf8').toString('base64');
    case 'Fn::FindInMap':
      return findInMap(parts.slice(0, 3).map(text), parts[3], scope, where);
    case 'Fn::If':
      return resolve(resolveCondition(String(parts[0]), scope) ? parts[1] : parts[2], scope, where);
    case 'Fn::Equals':
    case 'Fn::Not':
    case 'Fn::And':
    case 'Fn::Or':
      return truth({ [name]: argument }, scope, where);
    case 'Fn::ImportValue': {
      const exportName = text(argument);
      const value = scope.exported(exportName);
      if (value === undefined) throw new TemplateError(scope, where, `no stack exports "${exportName}"`);
      return value;
    }
    case 'Fn::GetStackOutput':
      return stackOutput(argument, scope, where, text);
    case 'Fn::GetAZs':
      return ['a', 'b', 'c'].map((zone) => `${scope.pseudoParameters['AWS::Region']}${zone}`);
    default:
      throw new TemplateError(scope, where, `the laptop region does not know the intrinsic function ${name}`);
  }
}

function stackOutput(argument: unknown, scope: ResolveScope, where: string, text: (part: unknown) => string): string {
  const fields = isRecord(argument) ? argument : {};
  const [stackName, outputName] = [text(fields['StackName']), text(fields['OutputName'])];
  const region = fields['Region'] === undefined ? scope.pseudoParameters['AWS::Region'] : text(fields['Region']);
  if (region !== scope.pseudoParameters['AWS::Region']) {
    throw new TemplateError(scope, where, `Fn::GetStackOutput from region ${region}: a laptop region is one region`);
  }
  const value = scope.stackOutput(stackName, outputName);
  if (value === undefined) throw new TemplateError(scope, where, `stack ${stackName} has no output "${outputName}"`);
  return value;
}

function reference(name: string, scope: ResolveScope, where: string): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = scope.pseudoParameters[name] ?? scope.parameters[name] ?? scope.ref(name);
  if (value === undefined) throw new TemplateError(scope, where, `Ref to "${name}", which the template does not have`);
  return scope.template.Parameters?.[name]?.Type.startsWith('List<') ? value.split(',') : value;
}

function attribute(argument: unknown, scope: ResolveScope, where: string): string {
  const [logicalId, name] = getAttTarget(argument);
  const value = scope.attribute(logicalId, name);
  if (value !== undefined) return value;
  const type = scope.template.Resources?.[logicalId]?.Type ?? 'no such resource';
  throw new TemplateError(scope, where, `Fn::GetAtt ${logicalId}.${name}: ${type} gives no such attribute here`);
}

function substitute(parts: readonly unknown[], scope: ResolveScope, where: string): string {
  const variables = isRecord(parts[1]) ? parts[1] : {};
  return String(parts[0]).replaceAll(/\$\{(!?)([^}]+)\}/g, (_, isLiteral: string, inner: string) => {
    const name = inner.trim();
    if (isLiteral !== '') return `\${${inner}}`;
    if (name in variables) return asText(resolve(variables[name], scope, where), scope, `${where}, Fn::Sub`);
    const value = name.includes('.') ? attribute(name, scope, where) : reference(name, scope, where);
    return asText(value, scope, `${where}, Fn::Sub`);
  });
}

function findInMap(keys: readonly string[], options: unknown, scope: ResolveScope, where: string): unknown {
  const [map = '', top = '', second = ''] = keys;
  const value = scope.template.Mappings?.[map]?.[top]?.[second];
  if (value !== undefined) return value;
  if (isRecord(options) && 'DefaultValue' in options) return resolve(options['DefaultValue'], scope, where);
  throw new TemplateError(scope, where, `Fn::FindInMap finds no ${map}.${top}.${second}`);
}

function truth(expression: unknown, scope: ResolveScope, where: string): boolean {
  if (typeof expression === 'boolean') return expression;
  const [name, argument] = isRecord(expression) ? (Object.entries(expression)[0] ?? ['', null]) : ['', null];
  const parts = Array.isArray(argument) ? argument : [argument];
  switch (name) {
    case 'Condition':
      return resolveCondition(String(argument), scope);
    case 'Fn::Equals':
      return String(resolve(parts[0], scope, where)) === String(resolve(parts[1], scope, where));
    case 'Fn::Not':
      return !truth(parts[0], scope, where);
    case 'Fn::And':
      return parts.every((part) => truth(part, scope, where));
    case 'Fn::Or':
      return parts.some((part) => truth(part, scope, where));
    default:
      throw new TemplateError(scope, where, `${JSON.stringify(expression)} is no condition the laptop region knows`);
  }
}

/** A `{{resolve:…}}` reads secrets or parameters at deployment; none may pass through as plain text. */
function withoutDynamicReferences(text: string, scope: ResolveScope, where: string): string {
  if (!text.includes('{{resolve:')) return text;
  throw new TemplateError(scope, where, `dynamic reference "${text}" is not supported by the laptop region`);
}

function asText(value: unknown, scope: ResolveScope, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(scope, where, `expected text, got ${JSON.stringify(value)}`);
}

function asList(value: unknown, scope: ResolveScope, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(scope, where, `expected a list, got ${JSON.stringify(value)}`);
}
