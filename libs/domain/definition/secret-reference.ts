/** No part of a path in Vault begins with a dot: `.` and `..` would lead elsewhere. */
const VAULT_PART = '[A-Za-z0-9_~-][A-Za-z0-9_.~@+=:-]*';
const VAULT_PATH = `${VAULT_PART}(/${VAULT_PART})*`;

/** After `vault:` stand mount, path and field; two slashes end a mount that holds slashes itself. */
export const SECRET_REFERENCE = `^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+|vault:(${VAULT_PATH}//|${VAULT_PART}/)${VAULT_PATH}(#[A-Za-z0-9_.~@+=:-]+)?)$`;

/** For people: the forms of a reference. */
export const REFERENCE_FORMS = '`env:NAME`, `file:/absolute/path` or `vault:mount/path#field`';

export const MAX_REFERENCE = 1024;
