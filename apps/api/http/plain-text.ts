import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { Optional } from './optional.js';

const CONTROL_FREE = /^\P{Cc}*$/u;
const NO_CONTROLS = { message: 'must not hold control characters' };
export const ROLE_NAME = /^[a-z][a-z0-9-]{0,49}$/;
const MAX_ROLES = 20;

/** A line for people, without control characters. */
export function PlainText(maxLength: number): PropertyDecorator {
  return applyDecorators(IsString(), MaxLength(maxLength), Matches(CONTROL_FREE, NO_CONTROLS));
}

/** Why a change is made, for the audit log. */
export function Reason(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ maxLength: 500, description: 'For the audit log.' }),
    Optional(),
    PlainText(500),
  );
}

/** Roles, of which those beyond the five count for approvals only. */
export function RoleNames(min: number): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(MAX_ROLES),
    ArrayUnique(),
    IsString({ each: true }),
    Matches(ROLE_NAME, {
      each: true,
      message: 'must be names of small letters, digits and -, beginning with a letter, 50 at most',
    }),
  );
}
