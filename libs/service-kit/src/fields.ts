import { applyDecorators } from '@nestjs/common';
import { comparedStaffId, staffIdPattern } from '@waymark/contracts';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/**
 * Fields of request bodies: each decorator validates and documents at once. A field is required unless `optional`.
 */
interface FieldOptions {
  readonly optional?: boolean;
  readonly description?: string;
  readonly example?: unknown;
}

/** Left out is fine when optional; `null` is not "left out" and is refused like any other wrong type. */
const isDefined = (options: FieldOptions): PropertyDecorator[] =>
  options.optional ? [ValidateIf((_body, value) => value !== undefined)] : [];

const api = (options: FieldOptions, schema: ApiPropertyOptions): PropertyDecorator =>
  ApiProperty({
    ...schema,
    required: !options.optional,
    ...(options.description ? { description: options.description } : {}),
    ...(options.example === undefined ? {} : { example: options.example }),
  } as ApiPropertyOptions);

/** PostgreSQL takes no NUL in a text, and half a surrogate pair has no bytes in UTF-8 that could be kept. */
const wholeText = /^[^\0\p{Surrogate}]*$/u;

/** Free text, kept byte for byte; not blank. */
export const Text = (options: FieldOptions & { readonly max: number }): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    IsString(),
    MinLength(1),
    MaxLength(options.max),
    Matches(/\S/, { message: '$property must not be blank' }),
    ValidateBy({
      name: 'wholeText',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && wholeText.test(value),
        defaultMessage: () => '$property must hold no NUL and no half of a surrogate pair',
      },
    }),
    api(options, { type: 'string', minLength: 1, maxLength: options.max, pattern: '\\S' }),
  );

/** Text of a fixed form. */
export const Pattern = (pattern: RegExp, options: FieldOptions & { readonly max?: number } = {}): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    IsString(),
    MaxLength(options.max ?? 100),
    Matches(pattern),
    api(options, { type: 'string', pattern: pattern.source, maxLength: options.max ?? 100 }),
  );

/** A rule of the domain on a text that is given, beside those of its form; it may look at the other fields of the body. */
export const Checked = <Body extends object = object>(options: {
  readonly rule: string;
  readonly message: string;
  readonly check: (text: string, body: Body) => boolean;
}): PropertyDecorator =>
  ValidateBy({
    name: options.rule,
    validator: {
      validate: (value: unknown, given) => typeof value === 'string' && options.check(value, given?.object as Body),
      defaultMessage: () => options.message,
    },
  });

/** One code of a code list. */
export const Code = (codes: readonly string[], options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(...isDefined(options), IsIn([...codes]), api(options, { type: 'string', enum: [...codes] }));

/** Several codes of a code list, each once. */
export const Codes = (
  codes: readonly string[],
  options: FieldOptions & { readonly min?: number } = {},
): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    IsArray(),
    ArrayMinSize(options.min ?? 0),
    ArrayMaxSize(codes.length),
    ArrayUnique(),
    IsIn([...codes], { each: true }),
    api(options, {
      type: 'array',
      items: { type: 'string', enum: [...codes] },
      minItems: options.min ?? 0,
      maxItems: codes.length,
      uniqueItems: true,
    }),
  );

export const Flag = (options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(...isDefined(options), IsBoolean(), api(options, { type: 'boolean' }));

/** A whole number. */
export const Whole = (options: FieldOptions & { readonly min: number; readonly max: number }): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    IsInt(),
    Min(options.min),
    Max(options.max),
    api(options, { type: 'integer', minimum: options.min, maximum: options.max }),
  );

/** A UUID of Waymark's, which is written in lower case; given in upper case, it is the same. */
export const Id = (options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    inOneForm((id) => id.toLowerCase()),
    IsUUID('all'),
    api(options, { type: 'string', format: 'uuid' }),
  );

/** Subject of a member of staff in the identity provider, in the form in which their token has it. */
export const StaffId = (options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(inOneForm(comparedStaffId), Pattern(staffIdPattern, { max: 255, ...options }));

const inOneForm = (form: (id: string) => string): PropertyDecorator =>
  Transform(({ value }: { readonly value: unknown }) => (typeof value === 'string' ? form(value) : value));

/** Years that every part of the platform can hold. */
const rfc3339 =
  /^(19|2\d)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** A moment: RFC 3339 with a time zone less than 15 hours off, as all are, a day that exists, from 1900 on. */
export const Moment = (options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    IsString(),
    Matches(rfc3339, { message: '$property must be an RFC 3339 date-time with a time zone that exists' }),
    ExistingDay(),
    api(options, { type: 'string', format: 'date-time' }),
  );

const ExistingDay = (): PropertyDecorator =>
  ValidateBy({
    name: 'existingDay',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isExistingDay(value.slice(0, 10)),
      defaultMessage: () => '$property names a day that does not exist',
    },
  });

const isExistingDay = (day: string): boolean => {
  const date = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
};

/** An object with fields of its own. */
export const Nested = (classOf: () => new () => object, options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    IsObject(),
    ValidateNested(),
    Type(classOf),
    // A function of its own: Nest resolves it late only when it is named `type`, and writes an empty reference otherwise.
    api(options, { type: () => classOf() }),
  );

/** A list of objects with fields of their own. */
export const NestedList = (
  type: () => new () => object,
  options: FieldOptions & { readonly min?: number; readonly max: number },
): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    IsArray(),
    ArrayMinSize(options.min ?? 0),
    ArrayMaxSize(options.max),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(type),
    api(options, { type: () => [type()], minItems: options.min ?? 0, maxItems: options.max }),
  );

/** A list of texts of one form, each once. */
export const Patterns = (pattern: RegExp, options: FieldOptions & { readonly max: number }): PropertyDecorator =>
  applyDecorators(
    ...isDefined(options),
    IsArray(),
    ArrayMaxSize(options.max),
    ArrayUnique(),
    IsString({ each: true }),
    Matches(pattern, { each: true }),
    api(options, {
      type: 'array',
      items: { type: 'string', pattern: pattern.source },
      maxItems: options.max,
      uniqueItems: true,
    }),
  );
