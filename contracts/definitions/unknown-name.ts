/** The problem of naming something that is not there. @param fix what to do about it */
export function unknownName(
  path: string,
  what: string,
  name: string,
  known: readonly { readonly name: string }[],
  fix = 'export it from a file of the folder or correct the name',
): { readonly path: string; readonly problem: string } {
  const list = known.map((one) => one.name).join(', ') || '(none)';
  return { path, problem: `there is no ${what} named "${name}"; known: ${list}; ${fix}` };
}
