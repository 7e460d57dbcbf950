import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';
import { comparedStaffId } from '@waymark/contracts';
import { type FieldError, notFound, Problem } from './problem.js';
import { uuidForm } from './uuid-form.js';

const plainTypes: readonly unknown[] = [String, Number, Boolean, Array, Object];

/** Checks bodies and queries against their class: 422 naming every field and rule; unknown fields are refused. */
@Injectable()
export class BodyPipe implements PipeTransform {
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if ((type !== 'body' && type !== 'query') || !metatype || plainTypes.includes(metatype)) return value;
    const plain = value === undefined ? {} : value;
    if (typeof plain !== 'object' || plain === null || Array.isArray(plain))
      throw invalid([{ field: '', rule: 'isObject', message: 'the body must be a JSON object' }]);
    if (isEmpty(metatype)) {
      refuseAll(plain);
      return plain;
    }
    const instance: object = plainToInstance(metatype, plain, { exposeDefaultValues: true }) as object;
    const errors = await validate(instance, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
    });
    if (errors.length > 0) throw invalid(errors.flatMap((error) => fieldErrors(error, '')));
    return instance;
  }
}

/** A body without fields; class-validator takes such a class for an unknown one and refuses even `{}`. */
const isEmpty = (body: NonNullable<ArgumentMetadata['metatype']>): boolean =>
  getMetadataStorage().getTargetValidationMetadatas(body, '', false, false).length === 0;

/** 422 naming every field that is there where none is taken. */
export function refuseAll(fields: object): void {
  const unknown = Object.keys(fields);
  if (unknown.length > 0) throw invalid(unknown.map(notExpected));
}

const notExpected = (field: string): FieldError => ({
  field,
  rule: 'whitelistValidation',
  message: `property ${field} should not exist`,
});

const invalid = (errors: readonly FieldError[]): Problem =>
  new Problem(422, 'invalid_input', 'Some fields break a rule; nothing was stored.', errors);

function fieldErrors(error: ValidationError, path: string): FieldError[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ field, rule, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, field))];
}

/** Path parameters that are ids: anything else answers like an id that does not exist. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    const id = value.toLowerCase();
    if (!uuidForm.test(id)) throw notFound();
    return id;
  }
}

/** Path parameters that name a member of staff, in the form in which their token has it. */
@Injectable()
export class StaffIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    return comparedStaffId(value);
  }
}
