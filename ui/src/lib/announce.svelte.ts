// Announcements for screen readers of changes away from the focus.

let text = $state('');

/** The sentence in the live region. */
export const announcement = {
  get text() {
    return text;
  },
};

/** Announces a sentence, also if it is the same as the last one. */
export function announce(sentence: string): void {
  const isSame = text.trimEnd() === sentence;
  text = isSame && text === sentence ? `${sentence}\u00a0` : sentence;
}
