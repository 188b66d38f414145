// The frame of every page: light and dark, what is said aloud, errors of htmx, the link of a result.
import { remember } from "./recent.js";

const MODES = { "": "跟随系统", light: "浅色", dark: "深色" };

export function say(text) {
  const said = document.getElementById("said");
  said.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.textContent = ""; }, 6000);
}

function startMode() {
  const button = document.getElementById("mode");
  const root = document.documentElement;
  const show = () => { button.querySelector("span").textContent = MODES[root.dataset.mode ?? ""]; };
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    const names = Object.keys(MODES);
    const next = names[(names.indexOf(root.dataset.mode ?? "") + 1) % names.length];
    if (next) root.dataset.mode = next; else delete root.dataset.mode;
    try { localStorage.setItem("desk-mode", next); } catch { /* storage may be off */ }
    show();
    document.dispatchEvent(new Event("desk:mode"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("desk:mode")));
}

function startLink() {
  const link = document.getElementById("link");
  const button = document.getElementById("copy");
  if (!link) return;
  button.hidden = false;
  link.addEventListener("focus", () => link.select());
  button.addEventListener("click", async () => {
    link.select();
    // The clipboard API is there only over https or on this machine; an intranet is often neither.
    if (navigator.clipboard) await navigator.clipboard.writeText(link.value).catch(() => document.execCommand("copy"));
    else document.execCommand("copy");
    say("链接已复制");
  });
}

export function detailOf(body, otherwise) {
  try { return JSON.parse(body).detail || otherwise; } catch { return otherwise; }
}

document.addEventListener("htmx:configRequest", (event) => {
  const csrf = document.body.dataset.csrf;
  if (csrf) event.detail.headers["X-CSRF-Token"] = csrf;
});
document.addEventListener("htmx:responseError", (event) => say(detailOf(event.detail.xhr.responseText, "没有成功,请重试")));
document.addEventListener("htmx:sendError", () => say("连不上服务,请检查网络或联系管理员,然后重试"));

const shown = document.querySelector("[data-result]");
if (shown && shown.dataset.result !== "example") remember(shown.dataset.result, shown.dataset.name, Number(shown.dataset.made));
startMode();
startLink();
