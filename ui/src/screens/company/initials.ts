/** One or two letters that stand for a company: "HL" for Harbour Lane Bakery. */
export function initials(name: string): string {
  const parts = name.split(/[\s-]+/).filter((part) => /[\p{L}\p{N}]/u.test(part));
  const letters = parts
    .slice(0, 2)
    .map((part) => [...part].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '');
  return letters.join('').toUpperCase();
}
