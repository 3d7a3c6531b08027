// Grids of faces on a person's page that are answered together.

import { goOnChoosing } from "./face_choice.js";

goOnChoosing("person-faces");
