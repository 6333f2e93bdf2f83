const LOCAL_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether whoever sends this is a program on this machine: a page of some other site in the person's browser must not
 * act as the person.
 *
 * @param ownUrl of the server that was asked
 */
export function isFromThisMachine(
  { headers }: { readonly headers: Readonly<Record<string, string | undefined>> },
  ownUrl: string,
): boolean {
  const host = headers['host'] ?? '';
  if (!LOCAL_HOSTS.has(host.replace(/:\d+$/, ''))) return false;
  const origin = headers['origin'];
  if (origin === undefined) return headers['sec-fetch-site'] !== 'cross-site';
  const own = new URL(ownUrl);
  const local = [...LOCAL_HOSTS].map((name) => `http://${name}:${own.port}`);
  return local.includes(origin);
}
