// What somebody chose before the page could listen (a slow line, or "back") is told once it can.

document.addEventListener("DOMContentLoaded", () => setTimeout(tellAll))

function tellAll() {
  for (const field of document.querySelectorAll("form :is(input, select)")) {
    if (isChanged(field)) field.dispatchEvent(new Event("change", { bubbles: true }))
  }
}

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked
  return field.type === "select-one" && field.selectedIndex !== firstIndex(field)
}

// A list in which nothing is chosen shows its first entry.
function firstIndex({ options }) {
  return Math.max(0, [...options].findLastIndex((option) => option.defaultSelected))
}
