// SPDX-License-Identifier: Apache-2.0
// What the pages do beyond links and forms. Everything works without it.
import { showAlerts } from "./alert.js";
import { offerEmbeds } from "./embed.js";
import { listen, subscribe } from "./events.js";
import { tellWhatIsNew } from "./fresh.js";
import { growList } from "./list.js";
import { unfoldMenu } from "./menu.js";
import { offerSaving } from "./save.js";
import { suggestSearches } from "./search.js";
import { showSection } from "./sections.js";
import { offerTools } from "./tools.js";
import { countView } from "./views.js";
import { offerTelevision } from "./watch.js";

growList();
showSection();
unfoldMenu();
suggestSearches();
void offerSaving();
offerTools();
offerEmbeds();
offerTelevision();
void countView();
showAlerts();
tellWhatIsNew();
// Scripts of their own (live.js) hear of it, too.
for (const topic of ["article", "air"])
  subscribe(topic, (told) => document.dispatchEvent(new CustomEvent("told", { detail: told })));
listen();
