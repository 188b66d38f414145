// What was typed into a form (data-kept) whose session had ended: it is there again when signing in leads back to its page.
// Kept for this tab alone, and forgotten by the first page that is neither the sign-in page nor the form's own.
const KEY = "desk-kept";
const signIn = (path) => path.endsWith("/desk/sign-in");

function keep(form) {
  const typed = [...new FormData(form)].filter(([name, value]) => name !== "csrf" && name !== "step" && typeof value === "string");
  try { sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, typed })); } catch { /* storage may be off */ }
}

function taken() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    return kept;
  } catch { return null; }
}

function fill(form, typed) {
  for (const field of form.elements) {
    const values = typed.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.type !== "hidden" && field.type !== "submit" && values.length) field.value = values[0];
  }
}

function start() {
  if (signIn(location.pathname)) return;
  const kept = taken();
  const from = document.referrer && new URL(document.referrer).pathname;
  const form = document.querySelector("form[data-kept=fill]");
  if (kept && form && from && signIn(from) && kept.path === location.pathname) fill(form, kept.typed);
  for (const one of document.querySelectorAll("form[data-kept]")) one.addEventListener("submit", () => keep(one));
}

start();
