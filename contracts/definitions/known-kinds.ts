import type { FeatureView } from '../../core/definitions/feature-view.ts';
import type { Source } from '../../core/definitions/source.ts';
import type { ValueType } from '../../core/definitions/value-type.ts';
import type { FeatureInput } from './feature.ts';
import type { Kind, KindOf } from './on-demand-expression.ts';

/**
 * What TypeScript learns from definitions, so that on-demand expressions are checked while they are written. Nothing of
 * it exists at run time. What it cannot know (an SQL text's type) is `never`, which fits everywhere.
 */
declare const COLUMNS: unique symbol;
declare const FEATURES: unique symbol;

/** A source and its columns as they were declared. */
export type KnownSource<C> = Source & { readonly [COLUMNS]?: C };

/** A view and the kinds of its features by name. */
export type KnownView<N extends string, F> = FeatureView & { readonly name: N; readonly [FEATURES]?: F };

export type FeatureKinds<S extends Source, F> = {
  readonly [K in keyof F]: F[K] extends FeatureInput<infer R> ? ResultKind<R, K, ColumnsOf<S>> : never;
};

export type NameOf<V extends FeatureView> = V['name'];

/** Of a view that TypeScript knows nothing of: any feature, of any kind. */
export type KindsOf<V extends FeatureView> = V extends { readonly [FEATURES]?: infer F }
  ? unknown extends F
    ? Readonly<Record<string, never>>
    : F
  : Readonly<Record<string, never>>;

type ColumnsOf<S extends Source> = S extends { readonly [COLUMNS]?: infer C } ? C : unknown;

type ResultKind<R, K, C> = R extends Kind
  ? R
  : R extends { readonly column: infer N }
    ? ColumnKind<C, N extends string ? N : K>
    : never;

type ColumnKind<C, N> = N extends keyof C
  ? C[N] extends ValueType
    ? KindOf<C[N]>
    : C[N] extends { readonly type: infer T extends ValueType }
      ? KindOf<T>
      : never
  : never;
