// What a screen reader is told of that happens beside the focus.

let text = $state('');

/** The sentence in the live region. */
export const announcement = {
  get text() {
    return text;
  },
};

/** Says a sentence; the same one twice is said twice. */
export function announce(sentence: string): void {
  const isSame = text.trimEnd() === sentence;
  text = isSame && text === sentence ? `${sentence}\u00a0` : sentence;
}
