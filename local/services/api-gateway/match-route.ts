/** A route key taken apart: `GET /v1/models/{model}`, `ANY /files/{path+}` or `$default`. */
export interface RoutePattern {
  readonly routeKey: string;
  /** `ANY` takes every method. */
  readonly method: string;
  /** Undefined for `$default`, which takes what no other route does. */
  readonly segments?: readonly Segment[];
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  /** Takes one or more segments; the last of its route. */
  | { readonly kind: 'greedy'; readonly name: string };

export interface RouteMatch<R> {
  readonly route: R;
  /** Percent-decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** @throws Error for a key API Gateway would refuse */
export function parseRouteKey(routeKey: string): RoutePattern {
  if (routeKey === '$default') return { routeKey, method: 'ANY' };
  const [, method, path] = /^(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\/\S*)$/.exec(routeKey) ?? [];
  if (method === undefined || path === undefined) {
    throw new Error(`route key "${routeKey}" is neither "$default" nor like "GET /path/{name}"`);
  }
  return { routeKey, method, segments: splitPath(path).map(parseSegment) };
}

/**
 * The route API Gateway would take: the one whose path is the most specific, segment by segment, literal before
 * parameter before greedy; then the one that names the method; then `$default`.
 * Source: AWS, "Routes for HTTP APIs".
 */
export function matchRoute<R extends { readonly pattern: RoutePattern }>(
  routes: readonly R[],
  method: string,
  path: string,
): RouteMatch<R> | undefined {
  const segments = splitPath(path);
  let best: (RouteMatch<R> & { readonly rank: string }) | undefined;
  for (const route of routes) {
    if (route.pattern.method !== 'ANY' && route.pattern.method !== method) continue;
    const fit = fitSegments(route.pattern.segments, segments);
    if (fit === undefined) continue;
    const rank = `${fit.rank}${route.pattern.method === 'ANY' ? 1 : 0}`;
    if (best === undefined || rank < best.rank) best = { route, pathParameters: fit.pathParameters, rank };
  }
  return best && { route: best.route, pathParameters: best.pathParameters };
}

/** Digits of the rank: one a segment, 0 for a literal to 2 for a greedy one; 3 is `$default`. The lowest wins. */
function fitSegments(pattern: readonly Segment[] | undefined, segments: readonly string[]) {
  const pathParameters: Record<string, string> = {};
  if (pattern === undefined) return { rank: '3', pathParameters };
  let rank = '';
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (part.kind === 'greedy') {
      pathParameters[part.name] = segments.slice(index).map(decodeSegment).join('/');
      return { rank: `${rank}2`, pathParameters };
    }
    if (part.kind === 'parameter') {
      if (segment === '') return undefined;
      pathParameters[part.name] = decodeSegment(segment);
      rank += '1';
    } else if (part.text === segment) rank += '0';
    else return undefined;
  }
  return pattern.length === segments.length ? { rank, pathParameters } : undefined;
}

function parseSegment(text: string): Segment {
  const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
  if (name === undefined) return { kind: 'literal', text };
  return { kind: plus === '+' ? 'greedy' : 'parameter', name };
}

function splitPath(path: string): string[] {
  return path.split('/').slice(1);
}

/** A malformed escape stands for itself, as API Gateway hands it on. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
