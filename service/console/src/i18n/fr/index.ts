/* French, for lift staff: every text of the English catalogue. */

import shared from "../../../../words/fr/shared.json";
import { composed } from "../composed";
import * as rooms from "./rooms";

export const french = composed(shared, rooms);
