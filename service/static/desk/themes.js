// 主题: the search needs no button where it searches while one types; a fault in a form is where the cursor goes.
document.documentElement.classList.add("scripted");
const wrong = document.getElementById("wrong");
if (wrong) {
  const form = document.getElementById("write");
  (form.querySelector("[aria-invalid='true']") ?? form.querySelector("input:not([type='hidden']), textarea, select"))?.focus();
}
