/** Two short tones. Browsers keep a page silent until it was clicked once. */

const TONES = [
  { hertz: 660, at: 0 },
  { hertz: 880, at: 0.14 },
] as const;
const LENGTH_SECONDS = 0.12;
const VOLUME = 0.08;

let context: AudioContext | null = null;

export function beep(): void {
  if (!navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  for (const { hertz, at } of TONES) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const start = context.currentTime + at;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(VOLUME, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH_SECONDS);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + LENGTH_SECONDS);
  }
}
