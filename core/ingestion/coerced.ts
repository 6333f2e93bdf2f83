import type { Value } from '../definitions/value-type.ts';

/** A value that fits its type, or why it does not: a phrase without the value, so that reasons can be counted. */
export type Coerced = { readonly value: Value } | { readonly problem: string };
