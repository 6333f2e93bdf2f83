import { canonicalJson } from '../canonical-json.ts';
import type { ResolvedView } from '../definitions/definitions.ts';
import { admissionRules, type Feature } from '../definitions/feature-view.ts';
import type { Source } from '../definitions/source.ts';
import { expressionColumns } from '../expression/expression.ts';
import { parseExpression } from '../expression/parse-expression.ts';

/** Names of the source columns a version reads from its source's rows, in order of name. */
function columnsRead({ view, source }: Pick<ResolvedView, 'view' | 'source'>): readonly string[] {
  const texts = [...view.features.flatMap(expressionsOf), ...admissionRules(view).map(({ condition }) => condition)];
  const columns = view.features.flatMap(({ compute }) => (compute.kind === 'column' ? [compute.column] : []));
  const eventId = source.eventIdColumn === null ? [] : [source.eventIdColumn];
  const read = texts.flatMap((text) => expressionColumns(parseExpression(text)));
  return [...new Set([...view.keyColumns, ...columns, ...eventId, ...read])].sort();
}

function expressionsOf({ compute }: Feature): readonly string[] {
  if (compute.kind === 'column') return [];
  const texts = compute.kind === 'expression' ? [compute.sql] : [compute.input, compute.where];
  return texts.filter((text) => text !== null);
}

/**
 * Why a version can no longer be computed from the rows of its source as that is defined now; empty when it can.
 *
 * @param sources of the definitions that are, or will be, deployed
 */
export function reasonsUnfit(resolved: ResolvedView, sources: readonly Source[]): readonly string[] {
  const was = resolved.source;
  const is = sources.find(({ name }) => name === was.name);
  if (is === undefined) return [`source ${was.name} is gone`];
  const typeOf = (source: Source, column: string) => source.columns.find(({ name }) => name === column)?.type;
  const columns = columnsRead(resolved).flatMap((column) => {
    const [before, now] = [typeOf(was, column), typeOf(is, column)];
    if (now === undefined) return [`column ${column} of source ${was.name} is gone`];
    return now === before ? [] : [`column ${column} of source ${was.name} is ${now} and was ${before}`];
  });
  const times = (['eventTime', 'knownAtColumn'] as const)
    .filter((time) => canonicalJson(was[time]) !== canonicalJson(is[time]))
    .map((time) => `${time} of source ${was.name} is ${canonicalJson(is[time])} and was ${canonicalJson(was[time])}`);
  return [...columns, ...times];
}
