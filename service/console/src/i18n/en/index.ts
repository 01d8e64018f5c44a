/* English: the catalogue that the others follow. */

import shared from "../../../../words/en/shared.json";
import { composed } from "../composed";
import * as rooms from "./rooms";

export const english = composed(shared, rooms);
