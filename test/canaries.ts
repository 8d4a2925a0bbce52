/** Whether a text holds one end of a secret, also in base64, also broken into lines. */
export function holdsSecret(text: string, secret: string): boolean {
  const unbroken = text.replaceAll(/\\[nr]|\s/g, '');
  const forms = [secret.slice(0, 12), secret.slice(-8)].flatMap((end) => [end, ...listBase64(end)]);
  return forms.some((form) => text.includes(form) || unbroken.includes(form));
}

/** The characters that base64 has of a text wherever the text begins. */
function listBase64(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const bytes = Buffer.from(' '.repeat(shift) + text);
    return bytes.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
}
