// Light or dark as chosen before, set before anything is drawn.
(() => {
  try {
    const mode = localStorage.getItem("desk-mode");
    if (mode === "light" || mode === "dark") document.documentElement.dataset.mode = mode;
  } catch { /* storage may be off */ }
})();
