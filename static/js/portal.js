// What the pages gain when a browser runs scripts. Every page works without this file.

import { keepAll } from "./all-mine.js";
import { saveAsTyped } from "./autosave.js";
import { chooseAll } from "./choose-all.js";
import { focusErrors } from "./errors.js";
import { keepTyped, offerKept } from "./kept.js";
import { tellAtDoor } from "./kept-store.js";
import { closeMenus } from "./menu.js";
import { bringPapers } from "./papers.js";
import { offerPrinting } from "./print.js";
import { revealReasons } from "./reveal.js";
import { disableOnSubmit } from "./submit-once.js";

function enhance(root) {
  focusErrors(root);
  revealReasons(root);
  keepAll(root);
  chooseAll(root);
  offerPrinting(root);
  saveAsTyped(root);
  offerKept(root);
  bringPapers(root);
  tellAtDoor(root);
  disableOnSubmit(root);
}

keepTyped();
closeMenus(document);
enhance(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enhance(event.detail.elt);
});
