// The mark of an integration, as letters: no picture is fetched from anywhere.

/** One or two letters: "X" for Xero, "QO" for QuickBooks Online, "S5" for Sage 50. */
export function integrationInitials(name: string): string {
  const parts = name.split(/[\s-]+/).filter((part) => /[\p{L}\p{N}]/u.test(part));
  const letters = parts
    .slice(0, 2)
    .map((part) => [...part].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '');
  return letters.join('').toUpperCase();
}
