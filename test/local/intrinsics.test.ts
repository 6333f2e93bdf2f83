// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${} is the syntax of Fn::Sub
import { describe, expect, it } from 'vitest';
import { type ResolveScope, resolveValue } from '../../local/assembly/intrinsics.ts';
import { inDependencyOrder } from '../../local/assembly/read-assembly.ts';
import { referencesOf } from '../../local/assembly/references.ts';
import type { Template, TemplateResource } from '../../local/assembly/template.ts';

const template: Template = {
  Resources: { Table: { Type: 'AWS::DynamoDB::Table' } },
  Parameters: { Stage: { Type: 'String', Default: 'dev' }, Zones: { Type: 'List<String>', Default: 'a,b' } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { 'Fn::Equals': ['x', 'x'] }] },
  },
  Mappings: { Sizes: { dev: { memory: 128 } } },
};

const scope: ResolveScope = {
  stackName: 'Platform',
  template,
  pseudoParameters: { 'AWS::AccountId': '000000000000', 'AWS::Region': 'us-east-1', 'AWS::Partition': 'aws' },
  parameters: { Stage: 'dev', Zones: 'a,b' },
  ref: (id) => (id === 'Table' ? 'data-table' : undefined),
  attribute: (id, name) => (id === 'Table' && name === 'Arn' ? 'arn:aws:dynamodb:x' : undefined),
  exported: (name) => (name === 'url' ? 'http://here' : undefined),
  stackOutput: (stack, output) => (stack === 'Data' && output === 'Name' ? 'from-data' : undefined),
};

describe('an intrinsic function', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref to a resource', { Ref: 'Table' }, 'data-table'],
    ['Ref to a parameter', { Ref: 'Stage' }, 'dev'],
    ['Ref to a list parameter', { Ref: 'Zones' }, ['a', 'b']],
    ['Ref to a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Fn::GetAtt as a pair', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:x'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Table.Arn' }, 'arn:aws:dynamodb:x'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-dev-1'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${Stage}/${Table.Arn}/${!kept}/${AWS::AccountId}' },
      'dev/arn:aws:dynamodb:x/${kept}/000000000000',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${A}-${Table}', { A: { Ref: 'Stage' } }] }, 'dev-data-table'],
    ['Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 128],
    ['Fn::FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'none', 'memory', { DefaultValue: 1 }] }, 1],
    ['Fn::Base64', { 'Fn::Base64': 'ab' }, 'YWI='],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'url' }, 'http://here'],
    [
      'Fn::GetStackOutput',
      { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Name', Region: 'us-east-1' } },
      'from-data',
    ],
    ['Fn::If, the true side', { 'Fn::If': ['IsDev', 'small', 'large'] }, 'small'],
    ['Fn::If over Fn::And', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    ['Fn::If over Fn::Or', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
  ])('%s', (_, value, expected) => {
    expect(resolveValue(value, scope, 'here')).toEqual(expected);
  });

  it('makes a member with AWS::NoValue disappear, in maps and lists', () => {
    const value = { a: { 'Fn::If': ['IsProd', 'x', { Ref: 'AWS::NoValue' }] }, b: [1, { Ref: 'AWS::NoValue' }] };
    expect(resolveValue(value, scope, 'here')).toEqual({ b: [1] });
  });

  it.each<[string, unknown, string]>([
    ['an unknown function', { 'Fn::Transform': {} }, 'does not know the intrinsic function Fn::Transform'],
    ['an unknown name', { Ref: 'Nobody' }, 'Ref to "Nobody", which the template does not have'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Table', 'Color'] }, 'AWS::DynamoDB::Table gives no such attribute here'],
    ['a missing export', { 'Fn::ImportValue': 'nothing' }, 'no stack exports "nothing"'],
    [
      'a missing output',
      { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'x' } },
      'stack Data has no output "x"',
    ],
    [
      'another region',
      { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Name', Region: 'eu-west-1' } },
      'a laptop region is one region',
    ],
    ['a dynamic reference', '{{resolve:ssm:/x}}', 'is not supported by the laptop region'],
    ['an index outside the list', { 'Fn::Select': [5, ['a']] }, 'Fn::Select 5 of 1 items'],
  ])('refuses %s and names the stack and the place', (_, value, problem) => {
    expect(() => resolveValue(value, scope, 'resource X')).toThrow(/^stack Platform, resource X/);
    expect(() => resolveValue(value, scope, 'resource X')).toThrow(problem);
  });
});

describe('the order of resources', () => {
  it('follows Ref, Fn::GetAtt, Fn::Sub and DependsOn at any depth', () => {
    const resource: TemplateResource = {
      Type: 'T',
      DependsOn: ['Policy'],
      Properties: {
        A: { 'Fn::Join': ['', [{ Ref: 'Bucket' }, { 'Fn::GetAtt': ['Role', 'Arn'] }]] },
        B: { 'Fn::Sub': ['${Table.Arn}${V}', { V: { Ref: 'Key' } }] },
      },
    };
    expect([...referencesOf(resource)].sort()).toEqual(['Bucket', 'Key', 'Policy', 'Role', 'Table']);
  });

  it('puts each after what it needs and keeps the given order otherwise', () => {
    const needs: Record<string, string[]> = { a: ['c'], b: [], c: ['d', 'outside'], d: [] };
    expect(inDependencyOrder(['a', 'b', 'c', 'd'], (id) => needs[id] ?? [], 'here')).toEqual(['d', 'c', 'a', 'b']);
  });

  it('names a circle', () => {
    const needs: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['b'] };
    expect(() => inDependencyOrder(['a', 'b', 'c'], (id) => needs[id] ?? [], 'stack X')).toThrow(
      'stack X: circular dependency b -> c -> b',
    );
  });
});
