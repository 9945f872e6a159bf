/** Reading aloud, where the browser can. */

export function canSpeak(): boolean {
  return "speechSynthesis" in globalThis && "SpeechSynthesisUtterance" in globalThis;
}

/** Says `text` in Chinese, in place of whatever is being said; a second call with nothing to say is silence. */
export function speak(text: string): void {
  if (!canSpeak()) return;
  speechSynthesis.cancel();
  if (text === "") return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = "zh-CN";
  utterance.rate = 0.9;
  speechSynthesis.speak(utterance);
}
