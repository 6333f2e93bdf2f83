import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** The body as it was sent. */
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

interface Call {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly isBase64?: boolean;
}

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Calls a handler as API Gateway does. A body that is no text is sent as JSON. */
export async function call(handler: Handler, route: string, body: unknown, how: Call = {}): Promise<Answer> {
  const [method = 'GET', rawPath = '/'] = route.split(' ');
  const event = {
    version: '2.0',
    routeKey: route,
    rawPath,
    rawQueryString: '',
    headers: how.headers ?? {},
    pathParameters: how.path ?? {},
    queryStringParameters: how.query ?? {},
    requestContext: {
      requestId: 'request-1',
      http: { method },
      authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:user/ada' } },
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: how.isBase64 ?? false,
  } as unknown as APIGatewayProxyEventV2; // the parts of the event that handlers read
  const answer = await handler(event, {} as Context);
  return {
    status: answer.statusCode ?? 0,
    body: JSON.parse(answer.body ?? 'null'),
    text: answer.body ?? '',
    headers: answer.headers ?? {},
  };
}
