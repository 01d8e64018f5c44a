/* German, for lift staff: every text of the English catalogue. */

import shared from "../../../../words/de/shared.json";
import { composed } from "../composed";
import * as rooms from "./rooms";

export const german = composed(shared, rooms);
