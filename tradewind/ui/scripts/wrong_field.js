// A page that came back with errors begins at the first field that is wrong, wherever on it that stands.
const wrong = document.querySelectorAll("form[method=post] [data-invalid] :is(input, select, textarea):not([type=hidden])")

for (const field of wrong) {
  if (!field.checkVisibility()) continue
  field.focus()
  break
}
