import { describe, expect, it } from 'vitest';
import { matchRoute, parseRouteKey } from '../../local/services/api-gateway/match-route.ts';
import { readProxyResponse } from '../../local/services/api-gateway/proxy-response.ts';

const routes = [
  'GET /v1/models/{model}',
  'GET /v1/models/all',
  'ANY /v1/models/{model}',
  'GET /v1/{path+}',
  'POST /v1/models/{model}/predictions',
  '$default',
].map((routeKey) => ({ pattern: parseRouteKey(routeKey) }));

describe('the route of a request', () => {
  it.each<[string, string, string, Record<string, string>]>([
    ['GET', '/v1/models/all', 'GET /v1/models/all', {}],
    ['GET', '/v1/models/churn', 'GET /v1/models/{model}', { model: 'churn' }],
    ['PUT', '/v1/models/churn', 'ANY /v1/models/{model}', { model: 'churn' }],
    ['GET', '/v1/models/a%2Fb', 'GET /v1/models/{model}', { model: 'a/b' }],
    ['GET', '/v1/models/churn/releases', 'GET /v1/{path+}', { path: 'models/churn/releases' }],
    ['POST', '/v1/models/churn/predictions', 'POST /v1/models/{model}/predictions', { model: 'churn' }],
    ['GET', '/elsewhere', '$default', {}],
    ['GET', '/v1/models/', 'GET /v1/{path+}', { path: 'models/' }],
  ])('%s %s', (method, path, routeKey, pathParameters) => {
    const match = matchRoute(routes, method, path);
    expect([match?.route.pattern.routeKey, match?.pathParameters]).toEqual([routeKey, pathParameters]);
  });

  it('is none when no route takes it', () => {
    expect(matchRoute(routes.slice(0, 2), 'DELETE', '/v1/models/all')).toBeUndefined();
  });

  it('refuses a route key API Gateway would refuse', () => {
    expect(() => parseRouteKey('FETCH /x')).toThrow('route key "FETCH /x" is neither');
  });
});

describe('the answer of a function', () => {
  it.each<[string, string, unknown]>([
    ['text without a statusCode', '"hi"', { status: 200, headers: { 'content-type': 'application/json' }, body: 'hi' }],
    [
      'an object without a statusCode',
      '{"a":1}',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' },
    ],
    [
      'cookies',
      '{"statusCode":201,"cookies":["a=1","b=2"]}',
      { status: 201, headers: { 'set-cookie': ['a=1', 'b=2'] }, body: '' },
    ],
    [
      'a Base64 body',
      '{"statusCode":200,"headers":{"Content-Type":"image/png"},"body":"AAE=","isBase64Encoded":true}',
      { status: 200, headers: { 'content-type': 'image/png' }, body: Buffer.from([0, 1]) },
    ],
    ['a status that is none', '{"statusCode":"soon"}', undefined],
    ['a body that is no text', '{"statusCode":200,"body":{}}', undefined],
  ])('%s', (_, payload, expected) => {
    expect(readProxyResponse(payload)).toEqual(expected);
  });
});
