/* Italian, for lift staff: every text of the English catalogue. */

import shared from "../../../../words/it/shared.json";
import { composed } from "../composed";
import * as rooms from "./rooms";

export const italian = composed(shared, rooms);
