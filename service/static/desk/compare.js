// 比较: the results of this browser, to be ticked.
import { recent, when } from "./recent.js";

const chosen = new Set([...document.querySelectorAll("#chosen input")].map((one) => one.value));
const others = recent().filter((one) => !chosen.has(one.id));
if (others.length) {
  const more = document.getElementById("more");
  more.hidden = false;
  for (const one of others) {
    const item = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    const name = document.createElement("bdi");
    box.type = "checkbox";
    box.name = "r";
    box.value = one.id;
    name.textContent = one.name;
    label.append(box, " ", name, " ", when(one.made));
    item.append(label);
    more.querySelector("ul").append(item);
  }
}
