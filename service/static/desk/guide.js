// The steps beside the example: shown until they are put away, ticked as they are tried, each shown on request.
// Runs where it stands, before what follows is drawn, so that nothing moves for who has put it away.
(() => {
  const KEY = "desk-guide";
  const guide = document.getElementById("guide");
  const steps = [...guide.querySelectorAll("[data-step]")];
  const told = document.getElementById("guide-told");
  const asked = new URLSearchParams(location.search).get("guide") === "open";
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {}; } catch { return {}; } };
  const write = (kept) => { try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* storage may be off */ } };
  let kept = read();
  if (asked) {
    kept = {};
    write(kept);
    history.replaceState(history.state, "", location.pathname + location.hash);
  }
  guide.hidden = Boolean(kept.away);
  if (guide.hidden) return;
  const tried = new Set(Array.isArray(kept.tried) ? kept.tried : []);

  function show() {
    const next = steps.find((step) => !tried.has(step.dataset.step));
    for (const step of steps) {
      step.classList.toggle("tried", tried.has(step.dataset.step));
      if (step === next) step.setAttribute("aria-current", "step"); else step.removeAttribute("aria-current");
    }
  }

  function tick(name) {
    if (guide.hidden || tried.has(name)) return;
    tried.add(name);
    write({ ...read(), tried: [...tried] });
    show();
    const left = steps.length - tried.size;
    told.textContent = left ? `第 ${steps.findIndex((step) => step.dataset.step === name) + 1} 步做过了,还有 ${left} 步。` : "四步都做过了。可以收起引导,以后在“帮助”里还能打开。";
  }

  function away() {
    write({ ...read(), away: true });
    guide.hidden = true;
    const title = document.getElementById("example-title");
    title.focus();
    document.getElementById("said").textContent = "引导已收起,在“帮助”里可以再打开";
    setTimeout(() => { document.getElementById("said").textContent = ""; }, 6000);
  }

  const to = (element) => {
    element?.scrollIntoView({ block: "center", behavior: "instant" });
    element?.focus({ preventScroll: true, focusVisible: true });
  };
  const SHOW = {
    evidence: () => to(document.querySelector("#document .piece .chip")),
    filter: () => {
      const fold = document.querySelector("#document .filter details");
      fold.open = true;
      document.querySelector("#document .filter .pick:not(.all)")?.click();
    },
    outline: () => {
      const fold = document.querySelector("#document .outline details");
      fold.open = true;
      to(fold.querySelector("a") ?? fold.querySelector("summary"));
    },
    own: () => to(document.getElementById("file")),
  };
  for (const step of steps) {
    const button = step.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => { SHOW[step.dataset.step](); tick(step.dataset.step); });
  }
  document.getElementById("guide-close").hidden = false;
  document.getElementById("guide-close").addEventListener("click", away);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !guide.hidden && guide.contains(document.activeElement)) away(); });
  for (const kind of ["mouseover", "focusin", "click"]) {
    document.addEventListener(kind, (event) => { if (event.target.closest?.("#document .chip")) tick("evidence"); });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#document .pick")) tick("filter");
    if (event.target.closest?.("#document .outline a")) tick("outline");
    if (event.target.closest?.("#send label")) tick("own");
  });
  show();
})();
