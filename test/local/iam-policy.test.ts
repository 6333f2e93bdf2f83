import { describe, expect, it } from 'vitest';
import { evaluate } from '../../local/iam/evaluate.ts';
import { parsePolicyDocument } from '../../local/iam/policy-document.ts';
import { matchesArn } from '../../local/iam/wildcard.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/notes';

function decide(statements: readonly object[], action: string, resource: string, context = {}): string {
  const parsed = parsePolicyDocument({ Version: '2012-10-17', Statement: statements }, 'policy P');
  return evaluate(parsed, action, resource, context);
}

const allow = (rest: object) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...rest });
const passRole = (Condition: object) => [allow({ Action: 'iam:PassRole', Condition })];

describe('an identity-based policy', () => {
  it.each<[string, readonly object[], string, string, string]>([
    [
      'allows what it names',
      [allow({ Action: ['dynamodb:GetItem'], Resource: TABLE })],
      'dynamodb:GetItem',
      TABLE,
      'allowed',
    ],
    [
      'says no to what it does not name',
      [allow({ Action: 'dynamodb:GetItem' })],
      'dynamodb:PutItem',
      TABLE,
      'denied-implicitly',
    ],
    ['says no to another resource', [allow({ Resource: TABLE })], 'dynamodb:GetItem', `${TABLE}2`, 'denied-implicitly'],
    [
      'does not cover an index by the table',
      [allow({ Resource: TABLE })],
      'dynamodb:Query',
      `${TABLE}/index/i`,
      'denied-implicitly',
    ],
    ['compares actions without case', [allow({ Action: 'DynamoDB:getitem' })], 'dynamodb:GetItem', TABLE, 'allowed'],
    [
      'compares resources with case',
      [allow({ Resource: TABLE.toUpperCase() })],
      'dynamodb:GetItem',
      TABLE,
      'denied-implicitly',
    ],
    [
      'takes * over any text',
      [allow({ Action: 's3:Get*', Resource: 'arn:aws:s3:::b/a/*' })],
      's3:GetObject',
      'arn:aws:s3:::b/a/c/d',
      'allowed',
    ],
    [
      'takes ? as one character',
      [allow({ Resource: 'arn:aws:s3:::b/?' })],
      's3:GetObject',
      'arn:aws:s3:::b/cd',
      'denied-implicitly',
    ],
    [
      'takes regex characters literally',
      [allow({ Resource: 'arn:aws:s3:::b.c/*' })],
      's3:GetObject',
      'arn:aws:s3:::bxc/d',
      'denied-implicitly',
    ],
    [
      'lets a Deny win',
      [allow({}), { ...allow({ Action: 's3:Delete*' }), Effect: 'Deny' }],
      's3:DeleteObject',
      'x',
      'denied-explicitly',
    ],
    [
      'reads NotAction',
      [allow({ Action: undefined, NotAction: 'iam:*' })].map(defined),
      's3:GetObject',
      'x',
      'allowed',
    ],
    [
      'reads NotAction the other way',
      [allow({ Action: undefined, NotAction: 'iam:*' })].map(defined),
      'iam:PassRole',
      'x',
      'denied-implicitly',
    ],
    [
      'reads NotResource',
      [allow({ Resource: undefined, NotResource: TABLE })].map(defined),
      'dynamodb:GetItem',
      TABLE,
      'denied-implicitly',
    ],
    ['says no when it is empty', [], 's3:GetObject', 'x', 'denied-implicitly'],
  ])('%s', (_, statements, action, resource, decision) => {
    expect(decide(statements, action, resource)).toBe(decision);
  });
});

function defined(statement: object): object {
  return JSON.parse(JSON.stringify(statement)) as object;
}

describe('a condition', () => {
  const service = { 'iam:PassedToService': 'sagemaker.amazonaws.com' };
  it.each<[string, object, object, boolean]>([
    [
      'StringEquals with the value',
      { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      service,
      true,
    ],
    [
      'StringEquals with another value',
      { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
      service,
      false,
    ],
    ['StringEquals without the key', { StringEquals: { 'iam:PassedToService': 'x' } }, {}, false],
    ['a key in other case', { StringEquals: { 'IAM:passedtoservice': 'sagemaker.amazonaws.com' } }, service, true],
    ['several values are alternatives', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    ['several keys are all needed', { StringEquals: { k: 'a', l: 'b' } }, { k: 'a' }, false],
    ['StringNotEquals with the value', { StringNotEquals: { k: 'a' } }, { k: 'a' }, false],
    ['StringNotEquals without the key', { StringNotEquals: { k: 'a' } }, {}, true],
    ['StringLike', { StringLike: { k: 'team-*' } }, { k: 'team-a' }, true],
    ['StringEqualsIfExists without the key', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    ['StringEqualsIfExists with another value', { StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
    ['Bool', { Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'true' }, true],
    ['ArnLike', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::b*' } }, { 'aws:SourceArn': 'arn:aws:s3:::bucket' }, true],
    ['Null true without the key', { Null: { k: 'true' } }, {}, true],
    ['Null false without the key', { Null: { k: 'false' } }, {}, false],
    ['ForAllValues with an outsider', { 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, false],
    ['ForAllValues without the key', { 'ForAllValues:StringEquals': { k: ['a'] } }, {}, true],
    ['ForAnyValue with one insider', { 'ForAnyValue:StringEquals': { k: ['a'] } }, { k: ['a', 'c'] }, true],
    ['ForAnyValue without the key', { 'ForAnyValue:StringEquals': { k: ['a'] } }, {}, false],
    ['NumericLessThanEquals', { NumericLessThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': '9' }, true],
  ])('%s', (_, condition, context, isMet) => {
    expect(decide(passRole(condition), 'iam:PassRole', 'role', context)).toBe(isMet ? 'allowed' : 'denied-implicitly');
  });
});

describe('a policy document is refused', () => {
  it.each<[string, object, string]>([
    [
      'with an unknown operator',
      allow({ Condition: { StringIsh: { k: 'a' } } }),
      'condition operator "StringIsh" is not known',
    ],
    [
      'with a policy variable',
      allow({ Resource: ['arn:aws:s3:::b/$', '{aws:username}'].join('') }),
      'policy variables are not supported',
    ],
    ['with a principal', allow({ Principal: '*' }), 'an identity-based policy has no Principal'],
    ['with neither Action nor NotAction', { Effect: 'Allow', Resource: '*' }, 'needs either Action or NotAction'],
    ['with another effect', allow({ Effect: 'Maybe' }), 'Effect must be Allow or Deny, got "Maybe"'],
  ])('%s', (_, statement, problem) => {
    expect(() => decide([statement], 's3:GetObject', 'x')).toThrow(`policy P, statement 0: ${problem}`);
  });
});

it('never lets a wildcard of an ARN cross a colon', () => {
  expect(matchesArn('arn:aws:s3:*:b', 'arn:aws:s3:us-east-1:1:b')).toBe(false);
  expect(matchesArn('arn:aws:lambda:*:*:function:f*', 'arn:aws:lambda:us-east-1:1:function:fn:2')).toBe(true);
});
