// The results that this browser has seen, for as long as the service keeps them.
const KEY = "desk-recent";
const HOURS = 24;
const MOST = 30;

export function recent() {
  try {
    const after = Date.now() / 1000 - HOURS * 3600;
    return JSON.parse(localStorage.getItem(KEY) ?? "[]").filter((one) => /^[0-9a-f]{32}$/.test(one.id) && one.made > after);
  } catch {
    return [];
  }
}

export function remember(id, name, made) {
  const kept = [{ id, name: String(name).slice(0, 200), made }, ...recent().filter((one) => one.id !== id)].slice(0, MOST);
  try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* storage may be off */ }
}

export function when(made) {
  const said = document.createElement("span");
  said.className = "muted";
  said.textContent = new Date(made * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  return said;
}
