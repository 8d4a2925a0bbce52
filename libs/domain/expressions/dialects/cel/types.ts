import { CelScalar, listType, mapType, objectType } from '@bufbuild/cel';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';

/** The types by which overloads are chosen. */
export const { BOOL, BYTES, DOUBLE, DYN, INT, STRING, UINT } = CelScalar;
export const LIST = listType(DYN);
export const MAP = mapType(DYN, DYN);
export const TIMESTAMP = objectType(TimestampSchema);
