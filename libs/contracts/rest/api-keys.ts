/** In SLUICE_HOME: the key of the machine's administrator. */
export const ADMIN_KEY_FILE = 'admin.key';
