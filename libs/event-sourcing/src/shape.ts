import type { Static, TObject, TProperties, TSchema } from '@sinclair/typebox';

/** The TypeScript type that a schema describes. What was recorded is not changed, so all of it is readonly. */
export type Shape<Schema extends TSchema> = Recorded<Static<Schema>>;

type Recorded<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Recorded<Item>[]
    : { readonly [Field in keyof Value]: Recorded<Value[Field]> };

/** The same for the fields of an object that is made of them. */
export type ShapeOf<Fields extends TProperties> = {
  readonly [Field in keyof Static<TObject<Fields>>]: Recorded<Static<TObject<Fields>>[Field]>;
};
