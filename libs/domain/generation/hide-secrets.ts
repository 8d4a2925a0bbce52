/** What tokens of well-known services look like, and values of names that tell what they are. */
const SECRETS: readonly RegExp[] = [
  /\b(gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abpr]-[\w-]{10,}|AKIA[A-Z0-9]{16}|npm_\w{30,}|sk-[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)/g,
  /(?<=:\/\/)[^\s/@"']+:[^\s/@"']+(?=@)/g,
  /(?<=(?:token|secret|password|passwd|api[_-]?key|access[_-]?key|auth)["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',}\]]{6,}/gi,
];

/** The text without what looks like a secret. A definition that holds one is then refused when it comes back, and stands. */
export function hideSecrets(text: string): string {
  return SECRETS.reduce((hidden, pattern) => hidden.replace(pattern, '***'), text);
}
