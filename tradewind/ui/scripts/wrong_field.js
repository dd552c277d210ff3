// What came back with errors begins at the first field that is wrong, wherever on the page or in its dialog that stands.
const WRONG = "form[method=post] [data-invalid] :is(input, select, textarea):not([type=hidden])"

export function lookAtWrong(where) {
  for (const field of where.querySelectorAll(WRONG)) {
    if (!field.checkVisibility()) continue
    return field.focus()
  }
}

lookAtWrong(document)
