// Photos of which some are ticked: with Shift a row of them.

import { letRowsBeTicked } from "./rows.js";

const BOX = "input[name=photo]";
letRowsBeTicked(BOX, () => [...document.querySelectorAll(BOX)]);
