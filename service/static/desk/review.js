// 复核: choosing by keys, and the next text without loading the page. The form works by itself, too.
import { detailOf, say } from "./desk.js";

const KEPT = "desk-review-kept"; // what was about to be saved when the session ended
const SINGLE = "desk-review-single"; // whether single keys are used
const ROOT = document.body.dataset.root;
const work = () => document.getElementById("work");
const all = (selector) => [...work().querySelectorAll(selector)];
let busy = false;
let picked = []; // ids in order, the main one first
let at = -1; // in the list of what was found

const nameOf = (item) => item.querySelector(".name").textContent;
const itemOf = (id) => all(".picks li").find((item) => item.querySelector("input").value === id);

// What is chosen

function start() {
  picked = (work().elements.order?.value ?? "").split(" ").filter(Boolean);
  const finding = work().querySelector(".finding");
  if (finding) finding.hidden = false;
  work().querySelector("#show-keys")?.removeAttribute("hidden");
  for (const button of all("[data-key]")) button.setAttribute("aria-keyshortcuts", button.dataset.key);
  at = -1;
  show();
}

function show() {
  if (!work().elements.order) return;
  work().elements.order.value = picked.join(" ");
  all("#suggested li").forEach((item, place) => {
    item.querySelector("kbd").textContent = place < 9 ? String(place + 1) : "";
    if (place < 9) item.querySelector("input").setAttribute("aria-keyshortcuts", String(place + 1));
  });
  for (const item of all(".picks li")) {
    const { value, checked } = item.querySelector("input");
    item.querySelector(".main").hidden = picked[0] !== value;
    item.querySelector(".first").hidden = !checked || picked[0] === value;
  }
  paint();
}

// The evidence of the theme pointed to, or of the first one chosen that a sentence speaks for.
function paint(pointed) {
  for (const words of all(".ev")) {
    const themes = words.dataset.t.split(" ");
    const theme = pointed ? themes.find((one) => one === pointed) : picked.find((one) => themes.includes(one));
    words.className = "ev";
    const item = theme && itemOf(theme);
    if (item) words.classList.add("lit", item.className);
  }
}

function set(id, on) {
  const item = itemOf(id);
  item.querySelector("input").checked = on;
  picked = picked.filter((one) => one !== id);
  if (on) picked.push(id);
  // What is chosen stands with the suggestions, where it has a number and can be seen.
  if (on && item.parentElement.id === "rest") {
    work().querySelector("#suggested").append(item);
    work().querySelector("#nothing")?.remove();
  }
  show();
  say(`${on ? "选上" : "去掉"}:${nameOf(item)}${on && picked[0] === id ? "(首要)" : ""}`);
}

function lead(id) {
  set(id, true);
  picked = [id, ...picked.filter((one) => one !== id)];
  show();
  say(`首要:${nameOf(itemOf(id))}`);
}

// Finding among all themes

function find() {
  const input = work().querySelector("#find");
  const list = work().querySelector("#found");
  const words = input.value.trim().toLowerCase();
  const rank = (item) => {
    const lines = item.dataset.search.split("\n");
    return lines.includes(words) ? 0 : lines.some((line) => line.startsWith(words)) ? 1 : 2;
  };
  const hits = words ? all(".picks li").filter((item) => item.dataset.search.includes(words)).sort((a, b) => rank(a) - rank(b)).slice(0, 12) : [];
  at = hits.length ? 0 : -1;
  list.replaceChildren(...hits.map((item, place) => {
    const option = document.createElement("li");
    option.id = `found-${place}`;
    option.className = item.className;
    option.dataset.id = item.querySelector("input").value;
    option.setAttribute("role", "option");
    option.textContent = nameOf(item) + (item.querySelector("input").checked ? " ✓" : "");
    return option;
  }));
  list.hidden = !hits.length;
  input.setAttribute("aria-expanded", String(Boolean(hits.length)));
  point();
  if (words && !hits.length) say(`没有找到“${input.value.trim()}”`);
}

function point() {
  const input = work().querySelector("#find");
  all("#found [role=option]").forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  if (at < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", `found-${at}`);
  work().querySelector(`#found-${at}`)?.scrollIntoView({ block: "nearest" });
}

function close() {
  const input = work().querySelector("#find");
  input.value = "";
  find();
  document.getElementById("text").focus({ preventScroll: true });
}

function choose(option) {
  const { id } = option.dataset;
  const on = !itemOf(id).querySelector("input").checked;
  close();
  set(id, on);
}

function findingKey(event) {
  const options = all("#found [role=option]");
  if (event.isComposing) return;
  if (event.key === "Escape") close();
  else if (event.key === "Enter") { if (options[at]) choose(options[at]); else if (!event.target.value.trim()) close(); }
  else if (event.key === "ArrowDown" && options.length) { at = (at + 1) % options.length; point(); }
  else if (event.key === "ArrowUp" && options.length) { at = (at - 1 + options.length) % options.length; point(); }
  else return;
  event.preventDefault();
}

// Saving, and what comes next

const stored = {
  read() { try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return null; } },
  write(kept) { try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* storage may be off */ } },
  clear() { try { sessionStorage.removeItem(KEPT); } catch { /* storage may be off */ } },
};

async function send(action, fields, repeated) {
  if (busy) return;
  busy = true;
  work().setAttribute("aria-busy", "true");
  const { name } = work().dataset;
  try {
    const answer = await fetch(`${ROOT}/desk/review/${action}`, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRF-Token": document.body.dataset.csrf, "HX-Request": "true" },
    });
    const body = await answer.text();
    if (answer.status === 401 || (answer.status === 403 && !repeated)) {
      // The session has ended, or another began in a second tab: what was chosen is saved when the page is back.
      stored.write({ action, fields, name });
      const query = location.search.replace(/[+'()*!~]/g, (one) => (one === "+" ? "%20" : `%${one.charCodeAt(0).toString(16)}`));
      if (answer.status === 401) location.assign(`${ROOT}/desk/sign-in?to=${encodeURIComponent(`/desk/review${query}`)}`);
      else location.reload();
      return;
    }
    if (answer.ok) swap(body);
    else say(detailOf(body, "没有保存,请重试"));
  } catch {
    say("连不上服务,没有保存;您的选择还在,请稍后再按一次");
  } finally {
    busy = false;
    work()?.removeAttribute("aria-busy");
  }
}

function swap(body) {
  const part = new DOMParser().parseFromString(body, "text/html").getElementById("work");
  work().replaceWith(document.importNode(part, true));
  start();
  scrollTo({ top: 0, behavior: "instant" });
  document.getElementById("text").focus({ preventScroll: true });
  say(work().dataset.said);
}

function submit(button) {
  const fields = [...new FormData(work(), button)].filter(([name]) => name !== "csrf");
  const action = new URL(button.hasAttribute("formaction") ? button.formAction : work().action).pathname.split("/").pop();
  if (action === "save" && !button.name && !picked.length) say("没有选主题;确实没有主题,请按 N");
  else send(action, fields, false);
}

function repeat() {
  const kept = stored.read();
  stored.clear();
  if (!kept || !["save", "skip", "undo", "again"].includes(kept.action)) return;
  if (kept.name === work().dataset.name) send(kept.action, kept.fields, true);
  else say(`登录的人换了:上一条是“${kept.name}”选的,没有保存`);
}

// Keys

const used = () => { try { return localStorage.getItem(SINGLE) !== "off"; } catch { return true; } };

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.target.id === "find") { findingKey(event); return; }
  if (event.target.closest("select, textarea, input:not([type='checkbox']), .sift")) return;
  const pressed = event.key.toLowerCase();
  if (pressed === "enter") {
    if (event.target.closest("button, a, summary")) return;
    event.preventDefault();
    if (!event.repeat) work().querySelector("[data-key='Enter']")?.click();
    return;
  }
  if (!used() || event.repeat) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const item = digit && all("#suggested li")[digit - 1];
  const button = work().querySelector(`[data-key="${CSS.escape(pressed)}"]`);
  const input = work().querySelector("#find");
  if (item) {
    const { value, checked } = item.querySelector("input");
    if (event.shiftKey) lead(value); else set(value, !checked);
  } else if (button) button.click();
  else if (pressed === "?") document.getElementById("keys").showModal();
  else if (pressed === "/" && input) input.focus();
  else if (/^[a-z]$/.test(pressed) && input) { input.focus(); return; } // the letter itself goes into the field
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", key);
document.addEventListener("submit", (event) => {
  if (event.target !== work()) return;
  event.preventDefault();
  submit(event.submitter ?? work().querySelector("button"));
});
document.addEventListener("change", (event) => {
  if (event.target.name === "theme" && event.target.closest(".picks")) { set(event.target.value, event.target.checked); event.target.focus(); }
});
document.addEventListener("input", (event) => { if (event.target.id === "find") find(); });
document.addEventListener("click", (event) => {
  const option = event.target.closest("#found [role=option]");
  if (option) choose(option);
  const first = event.target.closest(".first");
  if (first) { const { value } = first.closest("li").querySelector("input"); lead(value); itemOf(value).querySelector("input").focus(); }
  if (event.target.closest("#show-keys")) document.getElementById("keys").showModal();
});
for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const item = event.target.closest?.(".picks li");
    paint(item?.querySelector("input").value);
  });
}
const single = document.getElementById("single");
single.checked = used();
single.addEventListener("change", () => { try { localStorage.setItem(SINGLE, single.checked ? "on" : "off"); } catch { /* storage may be off */ } });

start();
document.getElementById("text").focus({ preventScroll: true });
repeat();
