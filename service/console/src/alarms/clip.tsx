/* An alarm's clip: played beside its pictures, or why there is none. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { get } from "../api/client";
import type { Clip } from "../api/types";
import { Button } from "../components/button";
import { t, worded, words } from "../i18n/text";
import type { ShownAlarm } from "../state/alarms";
import { messageOf } from "../state/session";

/** The clip's address among an alarm's evidence; undefined until there is one. */
const clipIn = (alarm: ShownAlarm): string | undefined =>
  alarm.evidence.find((url) => url.endsWith("/clip.mp4"));

/** The pictures among an alarm's evidence. */
export const picturesIn = (alarm: ShownAlarm): string[] =>
  alarm.evidence.filter((url) => !url.endsWith("/clip.mp4"));

/** A button that shows the clip; nothing where there is none. */
export function ClipButton({ alarm }: { alarm: ShownAlarm }): JSX.Element | null {
  const open = useSignal(false);
  if (!clipIn(alarm)) return null;
  return (
    <>
      {open.value && <Player alarm={alarm} />}
      <Button
        class="play"
        pressed={open.value}
        onPress={() => {
          open.value = !open.value;
        }}
      >
        {t("clip.show")}
      </Button>
    </>
  );
}

/** The clip, asked for anew once there is one. */
export function Player({ alarm }: { alarm: ShownAlarm }): JSX.Element {
  return <Asked key={clipIn(alarm) ?? ""} id={alarm.id} />;
}

function Asked({ id }: { id: string }): JSX.Element | null {
  const clip = useSignal<Clip | null>(null);
  const failure = useSignal("");
  useEffect(() => {
    let gone = false;
    get<Clip>(`/alarms/${id}/clip`).then(
      (found) => {
        if (!gone) clip.value = found;
      },
      (error) => {
        if (!gone) failure.value = t("clip.notRead", { problem: messageOf(error) });
      },
    );
    return () => {
      gone = true;
    };
  }, [id, clip, failure]);
  if (failure.value) return <p class="clip note">{failure.value}</p>;
  const found = clip.value;
  if (!found) return null;
  if (!found.url) {
    const reason = found.reason ?? "";
    return <p class="clip note">{t("clip.none", { reason: worded(words.noClips, reason, reason) })}</p>;
  }
  return <Video key={found.url} url={found.url} clip={found} />;
}

function Video({ url, clip }: { url: string; clip: Clip }): JSX.Element {
  const unplayable = useSignal(false);
  return (
    <figure class="clip">
      <video
        src={url}
        controls
        muted
        playsInline
        preload="metadata"
        aria-label={t("clip.label")}
        onError={() => {
          unplayable.value = true;
        }}
      />
      <figcaption>
        {unplayable.value && <strong>{t("clip.unplayable", { codec: clip.codec })}</strong>}
        <span>{t("clip.span", { before: -clip.begins_s, after: clip.ends_s })}</span>
        {clip.begins_late && <span>{t("clip.beginsLate")}</span>}
        {clip.ends_early && <span>{t(clip.cut_short ? "clip.cutShort" : "clip.endsEarly")}</span>}
        {clip.shows_people && <span>{t("clip.showsPeople")}</span>}
        <a href={url} download={`alarm-${clip.alarm_id}.mp4`}>
          {t("clip.save")}
        </a>
      </figcaption>
    </figure>
  );
}
