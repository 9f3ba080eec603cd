// A box that scrolls sideways can be reached with the keyboard; Furo's two side bars have names.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("article pre, article .table-wrapper, .cell_output, .cell_output .output, article .math"))
    if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) box.tabIndex = 0;
  document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "Labs");
  document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");
});
// The verdict table shows the rows that agree with every filter.
document.addEventListener("DOMContentLoaded", () => {
  const selects = [...document.querySelectorAll(".filters select")];
  const rows = [...document.querySelectorAll(".verdicts tbody tr")];
  const count = document.querySelector(".filters output");
  const show = () => {
    for (const row of rows)
      row.hidden = selects.some((select) => select.value && row.dataset[select.name] !== select.value);
    if (count) count.value = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows`;
  };
  for (const select of selects) select.addEventListener("change", show);
  show();
});
// A caption of the side bar says its level; the page of the search has a heading before anything is searched for.
document.addEventListener("DOMContentLoaded", () => {
  for (const caption of document.querySelectorAll('.caption[role="heading"]')) caption.setAttribute("aria-level", "2");
  const article = document.querySelector("article");
  if (article && !document.querySelector("h1")) {
    const heading = document.createElement("h1");
    heading.textContent = "Search";
    article.prepend(heading);
  }
});
