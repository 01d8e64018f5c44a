/* What a report says in all: a number each, with what it is of. */

import type { JSX } from "preact";
import type { Report } from "../api/types";
import { t } from "../i18n/text";
import { span } from "../i18n/time";
import { roughly } from "./when";

interface TileProps {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly more?: string;
}

function Tile({ id, name, value, more }: TileProps): JSX.Element {
  return (
    <div class="report-tile" data-figure={id}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        {more && <span class="note">{more}</span>}
      </dd>
    </div>
  );
}

/** A share of one, or that there is none. */
export const shareOf = (share: number | null): string =>
  share === null ? t("reports.none") : t("reports.share", { share });

export function FigureTiles({ report }: { report: Report }): JSX.Element {
  const { carriers, sight, acknowledging } = report;
  const judged = carriers.open_occupied + carriers.closed_occupied;
  const part = (seconds: number): string =>
    sight.elapsed_s ? t("reports.ofTime", { share: seconds / sight.elapsed_s }) : "";
  const median = acknowledging.median_s;
  return (
    <dl class="report-tiles">
      <Tile id="carriers" name={t("reports.carriers")} value={String(carriers.carriers)} />
      <Tile id="occupied" name={t("reports.occupied")} value={String(carriers.occupied)} />
      <Tile
        id="open_share"
        name={t("reports.openShare")}
        value={shareOf(carriers.open_share)}
        more={t("reports.openOf", { open: carriers.open_occupied, judged })}
      />
      <Tile
        id="unknown"
        name={t("reports.unknown")}
        value={String(carriers.unknown)}
        more={carriers.carriers ? shareOf(carriers.unknown / carriers.carriers) : ""}
      />
      <Tile id="alarms" name={t("reports.alarms")} value={String(report.alarms)} />
      <Tile
        id="median"
        name={t("reports.median")}
        value={median === null ? t("reports.none") : span(median)}
        more={t("reports.medianOf", { count: acknowledging.acknowledged, waiting: acknowledging.waiting })}
      />
      <Tile id="blind" name={t("reports.blind")} value={roughly(sight.blind_s)} more={part(sight.blind_s)} />
      <Tile
        id="nobody_knows"
        name={t("reports.nobodyKnows")}
        value={roughly(sight.unknown_s)}
        more={part(sight.unknown_s)}
      />
      <Tile id="camera" name={t("reports.camera")} value={shareOf(sight.camera_share)} />
    </dl>
  );
}
