import { FOREIGN_FUNCTION_NODES, FUNCTION_NODES, FUNCTIONS, REFUSED_NODES } from './functions.ts';
import { call, duckdbText, identifier, isObject, kindOf, QueryError, type Tree, type TreeObject } from './sql-tree.ts';
import { castToDuckdb, isSurelyDouble } from './translate-cast.ts';

/** A table of the catalog that a query reads, and the name of the view that stands for it. */
export interface TableReference {
  readonly database: string;
  readonly table: string;
  readonly view: string;
}

export interface Translation {
  /** The query in DuckDB's dialect, over the views. */
  readonly sql: string;
  readonly tables: readonly TableReference[];
  /** Columns that some condition sets equal to a literal. */
  readonly fixedColumns: ReadonlySet<string>;
}

/** Names of common table expressions that are in sight. */
type Scope = ReadonlySet<string>;

/** Clauses the parser knows from other dialects. */
const FOREIGN_CLAUSES = [
  'qualify',
  'distinct_on',
  'top',
  'connect',
  'into',
  'lateral_views',
  'sort_by',
  'distribute_by',
  'cluster_by',
];

/**
 * Turns a query of Athena into one of DuckDB. Every table that is not a common table expression becomes a view that
 * the caller has to make; functions and casts become what MACROS defines where DuckDB means something else.
 *
 * @throws QueryError for a function, a table function or a clause that Athena does not have
 */
export function translateQuery(query: TreeObject, defaultDatabase: string | undefined): Translation {
  const tables = new Map<string, TableReference>();
  const fixedColumns = new Set<string>();
  let tryDepth = 0;
  const rewritten = rewrite(query, new Set());
  return { sql: duckdbText(rewritten as TreeObject), tables: [...tables.values()], fixedColumns }; // an object stays one

  function rewrite(tree: Tree, scope: Scope): Tree {
    if (Array.isArray(tree)) return tree.map((one: Tree) => rewrite(one, scope));
    if (!isObject(tree)) return tree;
    const expression = kindOf(tree);
    if (expression !== undefined) {
      const changed = rewriteExpression(expression[0], expression[1], scope);
      if (changed !== undefined) return changed;
    }
    return rewriteMembers(tree, scope);
  }

  function rewriteMembers(content: TreeObject, scope: Scope): TreeObject {
    const foreign = FOREIGN_CLAUSES.find((name) => isPresent(content[name]));
    if (foreign !== undefined)
      throw new QueryError(`SYNTAX_ERROR: Athena has no ${foreign.replaceAll('_', ' ')} clause`);
    const inner = isObject(content['with']) ? withNames(content['with'], scope) : undefined;
    const members = Object.entries(content).map(([name, member]) => {
      if (name === 'with' && inner !== undefined) return [name, inner.tree] as const;
      if (name === 'from' || name === 'joins') refuseTableFunctions(member);
      return [name, rewrite(member, inner?.scope ?? scope)] as const;
    });
    const changed = Object.fromEntries(members);
    const isIdentifier =
      typeof content['name'] === 'string' && typeof content['quoted'] === 'boolean' && !('args' in content);
    return isIdentifier ? { ...changed, quoted: true } : changed;
  }

  /** Each common table expression sees those before it, and itself when the clause is recursive. */
  function withNames(clause: TreeObject, outer: Scope): { tree: Tree; scope: Scope } {
    let scope = outer;
    const expressions = Array.isArray(clause['ctes']) ? (clause['ctes'] as readonly TreeObject[]) : [];
    const ctes = expressions.map((cte) => {
      const name = nameOf(cte['alias']);
      const after = new Set([...scope, name]);
      const changed = rewriteMembers(cte, clause['recursive'] === true ? after : scope);
      scope = after;
      return changed;
    });
    return { tree: { ...clause, ctes }, scope };
  }

  function rewriteExpression(kind: string, content: TreeObject, scope: Scope): Tree | undefined {
    if (REFUSED_NODES.has(kind)) throw new QueryError(`SYNTAX_ERROR: ${kind} has no place in a query`);
    if (FOREIGN_FUNCTION_NODES.has(kind)) throw unknownFunction(kind);
    const args = (names: readonly string[]) => names.map((name) => rewrite(content[name] ?? null, scope));
    switch (kind) {
      case 'eq':
        noteFixed(content['left'], [content['right']]);
        noteFixed(content['right'], [content['left']]);
        return undefined;
      case 'in':
        noteFixed(content['this'], Array.isArray(content['expressions']) ? content['expressions'] : []);
        return undefined;
      case 'table':
        return isObject(content['name']) ? rewriteTable(content, scope) : undefined;
      case 'star':
        if (['except', 'replace', 'rename'].some((name) => isPresent(content[name]))) {
          throw new QueryError('SYNTAX_ERROR: Athena has no EXCEPT, REPLACE or RENAME after *');
        }
        return undefined;
      case 'function':
      case 'aggregate_function':
        return { [kind]: renamed(content, scope) };
      case 'div':
        return isSurelyDouble(content['left']) || isSurelyDouble(content['right'])
          ? undefined
          : call(orNull('divide'), args(['left', 'right']));
      case 'mod':
        return isSurelyDouble(content['left']) || isSurelyDouble(content['right'])
          ? undefined
          : call(orNull('mod'), args(['left', 'right']));
      case 'floor':
      case 'ceil':
        return isSurelyDouble(content['this']) ? undefined : rewriteFunctionNode(kind, content, args);
      case 'mod_func':
        return call(orNull('mod'), args(['this', 'expression']));
      case 'count_if':
        return { count: { ...countIf(content, scope), star: false, original_name: 'count' } };
      case 'cast':
      case 'try_cast':
        return castToDuckdb(tryDepth > 0 ? 'try_cast' : kind, content, rewrite(content['this'] ?? null, scope));
      case 'array_position':
        return call('trino_array_position', args(['this', 'expression']));
      default:
        return rewriteFunctionNode(kind, content, args);
    }
  }

  function noteFixed(column: Tree | undefined, values: readonly (Tree | undefined)[]): void {
    const isLiteral = (value: Tree | undefined) => isObject(value) && isObject(value['literal']);
    if (!isObject(column) || !isObject(column['column']) || values.length === 0 || !values.every(isLiteral)) return;
    fixedColumns.add(nameOf(column['column']['name']));
  }

  function rewriteFunctionNode(
    kind: string,
    content: TreeObject,
    args: (names: readonly string[]) => Tree[],
  ): Tree | undefined {
    const operands = FUNCTION_NODES[kind];
    const name = FUNCTIONS[kind];
    if (operands === undefined || typeof name !== 'string') return undefined;
    return call(name, args(operands.filter((operand) => isPresent(content[operand]))));
  }

  /** COUNT_IF is COUNT of a CASE: a bigint, 0 for no rows. */
  function countIf(content: TreeObject, scope: Scope): TreeObject {
    const when = rewrite(content['this'] ?? null, scope);
    const one: Tree = { literal: { literal_type: 'number', value: '1' } };
    const then = {
      if_func: { condition: when, true_value: one, false_value: null, original_name: 'IF', inferred_type: null },
    };
    return { this: then, distinct: false, filter: rewrite(content['filter'] ?? null, scope) };
  }

  function renamed(content: TreeObject, scope: Scope): TreeObject {
    const name = String(content['name']);
    const args = Array.isArray(content['args']) ? (content['args'] as readonly Tree[]) : [];
    const bucketed = bucketedBy(name, args, content);
    if (bucketed !== null) {
      const counted = bucketed.map((arg) => rewrite(arg, scope));
      return { ...content, name: 'trino_bucket_histogram', args: counted };
    }
    const hashed = hashedBy(name, args);
    if (hashed !== null) return { ...content, name: 'trino_hash_64', args: hashed.map((arg) => rewrite(arg, scope)) };
    const known = FUNCTIONS[name.toLowerCase()];
    const isList =
      (name === 'max' || name === 'min' || name === 'max_by' || name === 'min_by') &&
      args.length === (name.endsWith('by') ? 3 : 2);
    if (known === undefined || isList) {
      throw unknownFunction(name.toLowerCase());
    }
    const isTry = name.toLowerCase() === 'try';
    if (isTry) tryDepth++;
    const changed = rewriteMembers(content, scope);
    if (isTry) tryDepth--;
    return { ...changed, name: known === true ? name : known };
  }

  /** Inside TRY, DuckDB takes no macro that raises errors of its own; there the failure is NULL at once. */
  function orNull(name: string): string {
    return tryDepth > 0 ? `trino_try_${name}` : `trino_${name}`;
  }

  function rewriteTable(content: TreeObject, scope: Scope): Tree {
    const name = nameOf(content['name']);
    const catalog = isPresent(content['catalog']) ? nameOf(content['catalog']) : 'awsdatacatalog';
    if (catalog !== 'awsdatacatalog')
      throw new QueryError(`CATALOG_NOT_FOUND: line 1:1: Catalog '${catalog}' does not exist`);
    const isLocal = !isPresent(content['schema']) && scope.has(name);
    if (isLocal) return { table: rewriteMembers(content, scope) };
    const database = isPresent(content['schema']) ? nameOf(content['schema']) : defaultDatabase?.toLowerCase();
    if (database === undefined) {
      throw new QueryError(
        `SCHEMA_NOT_FOUND: line 1:1: Schema must be specified when session schema is not set: ${name}`,
      );
    }
    const key = JSON.stringify([database, name]);
    const reference = tables.get(key) ?? { database, table: name, view: `glue:${tables.size + 1}` };
    tables.set(key, reference);
    const alias = isPresent(content['alias']) ? rewrite(content['alias'] ?? null, scope) : identifier(name);
    const rest = rewriteMembers(content, scope);
    return {
      table: { ...rest, catalog: null, schema: null, name: identifier(reference.view), alias, alias_explicit_as: true },
    };
  }
}

/**
 * What `histogram(width_bucket(x, array[…]))` counts, and in which bins; null for any other call. DuckDB has an aggregate for
 * both together, many times as fast as a macro for each value.
 */
function bucketedBy(name: string, args: readonly Tree[], content: TreeObject): readonly Tree[] | null {
  const [call] = args;
  if (name.toLowerCase() !== 'histogram' || isPresent(content['filter']) || content['distinct'] === true) return null;
  const inner = isObject(call) ? call['function'] : undefined;
  if (!isObject(inner) || String(inner['name']).toLowerCase() !== 'width_bucket') return null;
  const operands = Array.isArray(inner['args']) ? (inner['args'] as readonly Tree[]) : [];
  const [, bins] = operands;
  return operands.length === 2 && isObject(bins) && 'array_func' in bins ? operands : null;
}

/** What `from_big_endian_64(xxhash64(x))` hashes; null for any other call. By itself, neither function is known. */
function hashedBy(name: string, [bytes]: readonly Tree[]): readonly Tree[] | null {
  const inner = name.toLowerCase() === 'from_big_endian_64' && isObject(bytes) ? bytes['function'] : undefined;
  if (!isObject(inner) || String(inner['name']).toLowerCase() !== 'xxhash64') return null;
  return Array.isArray(inner['args']) && inner['args'].length === 1 ? (inner['args'] as readonly Tree[]) : null;
}

function unknownFunction(name: string): QueryError {
  return new QueryError(
    `FUNCTION_NOT_FOUND: line 1:1: Function '${name}' not registered with these arguments in the laptop's Athena; it knows ${Object.keys(FUNCTIONS).join(', ')}`,
  );
}

/** FROM takes tables, queries, VALUES and UNNEST; a call there would be a table function of DuckDB. */
function refuseTableFunctions(tree: Tree): void {
  const items =
    isObject(tree) && Array.isArray(tree['expressions']) ? tree['expressions'] : Array.isArray(tree) ? tree : [];
  for (const item of items as readonly Tree[]) {
    let source: Tree | undefined = isObject(item) && isPresent(item['this']) && 'kind' in item ? item['this'] : item;
    while (isObject(source) && isObject(source['alias'])) source = source['alias']['this'];
    if (isObject(source) && isObject(source['function'])) {
      throw new QueryError(
        `FUNCTION_NOT_FOUND: line 1:1: Table function '${String(source['function']['name']).toLowerCase()}' not registered`,
      );
    }
  }
}

function isPresent(tree: Tree | undefined): boolean {
  return tree !== null && tree !== undefined && !(Array.isArray(tree) && tree.length === 0);
}

/** An identifier's name in lower case: Athena's names have no case. */
function nameOf(tree: Tree | undefined): string {
  return isObject(tree) ? String(tree['name']).toLowerCase() : String(tree).toLowerCase();
}
