/* A sound while an alarm waits that nobody acknowledges: the higher its step, the louder and the more often. */

import { computed, effect, signal } from "@preact/signals";
import type { JSX } from "preact";
import { Button } from "../components/button";
import { t } from "../i18n/text";
import { wallClock } from "../i18n/time";
import { escalation } from "../state/alarms";
import { now } from "../state/clock";
import { SILENT_MIN, silence, silentUntil, soundAgain } from "./silence";

const PITCH_HZ = 880;
const LENGTH_S = 0.35;
/** By step, the first of them for none: how loud (0..1), and every how many seconds. */
const LOUDNESS = [0, 0.15, 0.4, 1];
const EVERY_S = [0, 6, 3, 1];

/** Browsers let a page sound only after somebody has pressed something in it. */
const context = signal<AudioContext | null>(null);

function unlock(): void {
  context.value ??= new AudioContext();
  void context.value.resume();
}

for (const event of ["pointerdown", "keydown"]) addEventListener(event, unlock, { once: true });

/** The step that is to be heard here, 0 for none. */
const heard = computed(() => (silentUntil.value ? 0 : escalation.value));

effect(() => {
  const step = Math.min(heard.value, LOUDNESS.length - 1);
  const every = EVERY_S[step] ?? 0;
  if (every && Math.floor(now.value / 1000) % every === 0) beep(LOUDNESS[step] ?? 0);
});

/** Two tones, which no other program of an operator's desk makes. */
function beep(loudness: number): void {
  const audio = context.peek();
  if (audio?.state !== "running") return;
  const volume = new GainNode(audio, { gain: loudness });
  volume.connect(audio.destination);
  for (const [turn, pitch] of [PITCH_HZ, PITCH_HZ * 1.25].entries()) {
    const tone = new OscillatorNode(audio, { frequency: pitch, type: "square" });
    tone.connect(volume);
    tone.start(audio.currentTime + (turn * LENGTH_S) / 2);
    tone.stop(audio.currentTime + ((turn + 1) * LENGTH_S) / 2);
  }
}

/** While an alarm waits for long: whether it is heard here, and the other way. A page that nobody has touched cannot sound. */
export function SoundSwitch(): JSX.Element | null {
  if (!escalation.value) return null;
  const until = silentUntil.value;
  return (
    <p class="still sound" data-silent={until > 0}>
      {until ? (
        <>
          <span>{t("sound.silentUntil", { time: wallClock(until) })}</span>
          <Button onPress={soundAgain}>{t("escalation.sound")}</Button>
        </>
      ) : context.value ? (
        <>
          <span>{t("sound.sounds")}</span>
          <Button onPress={silence}>{t("sound.silence", { minutes: SILENT_MIN })}</Button>
        </>
      ) : (
        <>
          <span>{t("escalation.silent")}</span>
          <Button onPress={unlock}>{t("escalation.sound")}</Button>
        </>
      )}
    </p>
  );
}
